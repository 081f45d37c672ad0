// check and SystemError: from a negative number to an error in Node's own shape.
import { closeSync, openSync } from 'node:fs';
import { getSystemErrorMap, getSystemErrorName } from 'node:util';
import { describe, expect, it } from 'vitest';
import { constant, constants } from '../../lib/raw/constants.js';
import { check, codedError, SystemError } from '../../lib/raw/errors.js';
import { runChild } from '../support/child.js';

function thrownBy(action: () => unknown): SystemError {
  try {
    action();
  } catch (error) {
    return error as SystemError;
  }
  throw new Error('it did not throw');
}

describe('check', () => {
  it('gives back what is not negative', () => {
    expect(check(0, 'close')).toBe(0);
    expect(check(7, 'open')).toBe(7);
    const pair: [number, number] | number = [3, 4];
    expect(check(pair, 'pipe2')).toBe(pair);
  });

  it('throws a SystemError for what is negative', () => {
    const error = thrownBy(() => check(-constant('ECONNREFUSED'), 'connect'));
    expect(error).toBeInstanceOf(SystemError);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({
      name: 'SystemError',
      code: 'ECONNREFUSED',
      errno: -constant('ECONNREFUSED'),
      syscall: 'connect',
      message: 'connect ECONNREFUSED: connection refused',
    });
    expect(Object.keys(error)).not.toContain('address');
    expect(error.stack).toContain('errors.test');
  });

  it('tells address, port and path as far as they apply', () => {
    const errno = -constant('EADDRINUSE');
    const bind = thrownBy(() => check(errno, 'bind', { address: '::1', port: 80 }));
    expect(bind).toMatchObject({ address: '::1', port: 80 });
    expect(bind.message).toContain('[::1]:80');
    expect('path' in bind).toBe(false);
    const unix = thrownBy(() => check(errno, 'bind', { path: '/run/x' }));
    expect(unix).toMatchObject({ path: '/run/x' });
    expect(unix.message).toContain("'/run/x'");
    expect('port' in unix).toBe(false);
    expect(thrownBy(() => check(errno, 'x', { address: '1.2.3.4' })).message).toMatch(
      /1\.2\.3\.4$/,
    );
    expect('port' in thrownBy(() => check(errno, 'x', { port: undefined }))).toBe(false);
  });
});

describe('SystemError', () => {
  it('has the name and the number that Node has for every errno', () => {
    for (const [name, value] of Object.entries(constants)) {
      if (!/^E(?!POLL|CHO)[A-Z0-9]+$/.test(name)) continue;
      const { code, errno } = new SystemError(-value, 'x');
      expect(errno).toBe(-value);
      expect(constants[code]).toBe(value);
      const ofNode = getSystemErrorName(-value);
      if (!ofNode.startsWith('Unknown')) expect(constants[ofNode]).toBe(value);
    }
  });

  it('is like an error of Node for the same cause', () => {
    const ofNode = thrownBy(() => closeSync(openSync('/no/such/file', 'r')));
    const ours = new SystemError(-constant('ENOENT'), 'open', { path: '/no/such/file' });
    const { code, errno, syscall, path } = ofNode;
    expect(ours).toMatchObject({ code, errno, syscall, path });
  });

  it('says EAGAIN, not EWOULDBLOCK', () => {
    expect(new SystemError(-constant('EWOULDBLOCK'), 'recv').code).toBe('EAGAIN');
  });

  it('names a number that has no name', () => {
    const { code, message } = new SystemError(-4321, 'call');
    expect(code).toBe('E4321');
    expect(message).toBe('call E4321: unknown error');
  });

  it('says what libuv has no text for', () => {
    const errno = -constant('ENOEXEC');
    const { message } = new SystemError(errno, 'execve', { path: '/x' });
    // Node has one from 22 on.
    const text = getSystemErrorMap().get(errno)?.[1] ?? 'neither a program nor a script with #!';
    expect(message).toBe(`execve ENOEXEC: ${text} '/x'`);
  });

  it('ends with a hint when there is one', () => {
    expect(new SystemError(-constant('EPERM'), 'x', {}, 'Do this').message).toMatch(/\. Do this$/);
  });

  it('takes no detail from a polluted prototype', () => {
    const keys = runChild(`
      Object.prototype.port = 1;
      Object.prototype.path = '/etc';
      try { raw.check(-c.ENOENT, 'open'); } catch (error) {
        report([Object.keys(error), error.message]);
      }
    `);
    expect(keys).toEqual([['code', 'errno', 'syscall', 'name'], expect.any(String)]);
  });
});

describe('codedError', () => {
  it('is an error of its class with a code', () => {
    const error = codedError(RangeError, 'ERR_OUT_OF_RANGE', 'too large');
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ code: 'ERR_OUT_OF_RANGE', message: 'too large' });
  });
});

it('an abstract name is written with @, and is a property as it is', () => {
  const error = thrownBy(() => check(-constant('ECONNREFUSED'), 'connect', { path: '\0name' }));
  expect(error.message).toBe("connect ECONNREFUSED: connection refused '@name'");
  expect(error.path).toBe('\0name');
});
