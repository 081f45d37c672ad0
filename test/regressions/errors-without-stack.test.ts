// Trap 48: an error for each reset, with a stack of the loop and a copy of the host's
// table of errors, made resetting a cheap attack.
//
// Without `withoutStack` in systemError (lib/raw/errors.ts) the first fails; without the
// table that is kept, the second counts one look for each error. What it costs:
// `npm run bench -- reset`.
import { expect, it } from 'vitest';
import { check } from '../../lib/raw/errors.js';
import { runChild } from '../support/child.js';

const RESETS = `
  const resets = (loop, count, onClose) => {
    let left = count;
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
      close(socket, error) {
        onClose(error);
        if (--left === 0) server.close();
      },
    });
    for (let i = 0; i < count; i++) {
      const fd = raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
      raw.check(raw.connect(fd, server.address), 'connect');
      raw.setsockopt(fd, c.SOL_SOCKET, c.SO_LINGER, new Int32Array([1, 0]));
      raw.close(fd);
    }
    loop.run();
  };
`;

it('what the loop tells has no stack of the loop, and the limit is as it was', () => {
  const result = runChild(`
    ${RESETS}
    const seen = [];
    resets(new EventLoop(), 2, (error) => seen.push([error.code, error.syscall, error.message, error.stack.includes('\\n')]));
    report([seen, Error.stackTraceLimit]);
  `);
  const told = ['ECONNRESET', 'recv', 'recv ECONNRESET: connection reset by peer', false];
  expect(result).toEqual([[told, told], 10]);
});

it('the table of errors is asked for once', () => {
  const result = runChild(`
    const util = require('node:util');
    const asked = util.getSystemErrorMap;
    let times = 0;
    util.getSystemErrorMap = () => { times++; return asked(); };
    ${RESETS}
    let told = 0;
    resets(new EventLoop(), 20, (error) => { if (error.code === 'ECONNRESET') told++; });
    report([told, times]);
  `);
  expect(result).toEqual([20, 1]);
});

it('a program that froze Error gets its errors all the same', () => {
  const result = runChild(`
    Object.defineProperty(Error, 'stackTraceLimit', { value: 3, writable: false, configurable: false });
    ${RESETS}
    const codes = [];
    resets(new EventLoop(), 2, (error) => codes.push(error.code));
    report(codes);
  `);
  expect(result).toEqual(['ECONNRESET', 'ECONNRESET']);
});

it('what is thrown to a caller keeps its stack', () => {
  const caller = () => check(-1, 'call');
  expect(caller).toThrow(expect.objectContaining({ stack: expect.stringContaining('caller') }));
});
