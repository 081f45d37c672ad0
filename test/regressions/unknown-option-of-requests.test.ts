// Trap 49, of requests, which reject: options that are not known were ignored.
//
// Without the look at the names in readOptions: each goes on.
import { describe, expect, it } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { eachWithLoop } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();

describe('an unknown option of a request', () => {
  it('every request on files, which reject', async () => {
    const { fs } = test.loop.attach();
    const wrong = { sgnal: 1 } as object;
    const requests = [
      fs.statfs('/', wrong), fs.fstat(0, wrong), fs.rename('a', 'b', wrong), fs.link('a', 'b', wrong),
      fs.symlink('a', 'b', wrong), fs.unlink('a', wrong), fs.realpath('a', wrong),
      fs.chmod('a', 0, wrong), fs.chown('a', 0, 0, wrong), fs.lchown('a', 0, 0, wrong),
      fs.utimes('a', 0, 0, wrong), fs.lutimes('a', 0, 0, wrong), fs.truncate('a', 0, wrong),
      fs.mkdir('a', wrong), fs.mkdtemp('a', wrong), fs.rmdir('a', wrong), fs.rm('a', wrong),
      fs.readdir('a', wrong), fs.opendir('a', wrong), fs.open('a', 'r', 0, wrong),
      fs.readFile('a', wrong), fs.writeFile('a', '', wrong), fs.appendFile('a', '', wrong),
      fs.copyFile('a', 'b', 0, wrong), fs.cp('a', 'b', wrong), fs.fchmod(0, 0, wrong),
      fs.fchown(0, 0, 0, wrong), fs.futimes(0, 0, 0, wrong), fs.ftruncate(0, 0, wrong),
      fs.fsync(0, wrong), fs.fdatasync(0, wrong), fs.seek(0, 0, 'SET', wrong),
      fs.read(0, new Uint8Array(1), wrong), fs.write(0, 'x', wrong),
      fs.pread(0, new Uint8Array(1), 0, wrong), fs.pwrite(0, new Uint8Array(1), 0, wrong),
      fs.readv(0, [], 0, wrong), fs.writev(0, [], 0, wrong),
      fs.sendFile(undefined as never, 0, wrong),
    ]; // biome-ignore format: a table
    const told = await Promise.allSettled(requests);
    for (const outcome of told) {
      const message = expect.stringContaining(`did you mean 'signal'?`);
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message } });
    }
    expect(test.loop.pool.stats().threads).toBe(0);
  });

  it('workers.run, which rejects', async () => {
    const workers = test.loop.attach().workers({ code: '' });
    const wrong = { transfers: [] } as object;
    await expect(workers.run(1, wrong)).rejects.toThrow(`did you mean 'transfer'?`);
    expect(workers.stats()).toMatchObject({ threads: 0, queued: 0 });
  });

  it('crypto.scrypt and crypto.hash, which reject', async () => {
    const { crypto } = test.loop.attach();
    await expect(crypto.scrypt('p', 's', 8, { costs: 2 } as object)).rejects.toThrow(
      `did you mean 'cost'?`,
    );
    await expect(crypto.hash('sha256', 'x', { encoding: 'hex' } as object)).rejects.toThrow(
      `did you mean 'outputEncoding'?`,
    );
  });

  it('fs.readlink and fs.access, which reject', async () => {
    const { fs } = test.loop.attach();
    const wrong = { sgnal: 1 } as object;
    await expect(fs.readlink('/', wrong)).rejects.toThrow(`did you mean 'signal'?`);
    await expect(fs.access('/', 0, wrong)).rejects.toThrow(`did you mean 'signal'?`);
  });

  it('dns.lookup and questions, which reject', async () => {
    const { dns } = test.loop.attach();
    const wrong = { sgnal: 1 } as object;
    const asking = [
      dns.lookup('localhost', wrong),
      dns.lookupService('127.0.0.1', 1, wrong),
      dns.resolve('localhost', 'A', wrong),
      dns.resolve4('localhost', wrong),
      dns.reverse('127.0.0.1', wrong),
    ];
    for (const each of asking) await expect(each).rejects.toThrow(`did you mean 'signal'?`);
    expect(test.loop.pool.stats().threads).toBe(0);
  });

  it('crypto.pbkdf2, which rejects', async () => {
    const { crypto } = test.loop.attach();
    await expect(crypto.pbkdf2('p', 's', 1, 8, 'sha256', { sgnal: 1 } as object)).rejects.toThrow(
      `did you mean 'signal'?`,
    );
  });
});
