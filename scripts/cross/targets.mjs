// The targets of `npm run prebuild:cross`: where each file goes, what zig calls the
// target, and what the addon may ask of the system that loads it.
import { join } from 'node:path';

/** Debian 10, RHEL 8: what Node 20 itself asks for. */
export const MAX_GLIBC = '2.28';

const glibc = { format: 'elf', needed: /^(ld-linux-[\w-]+|lib(c|m|dl|pthread|rt))\.so\.\d$/ };
const musl = { format: 'elf', needed: /^libc\.so$/ };
const macho = { format: 'mach-o', needed: /^\/usr\/lib\/libSystem\.B\.dylib$/ };

/**
 * `os` is a system of native/sources.json, `arch` is Node's name, `cpu` that of zig, qemu
 * and musl's linker, `debian` Debian's; `file` is what file(1) says. For another processor
 * a line is all, if zig builds for it as it comes; zig-lib.mjs mends what it lacks.
 */
export const targets = [
  ...linux('x64', 'x86_64', 'amd64', /ELF 64-bit LSB shared object, x86-64/),
  ...linux('arm64', 'aarch64', 'arm64', /ELF 64-bit LSB shared object, ARM aarch64/),
  ...linux('riscv64', 'riscv64', 'riscv64', /ELF 64-bit .* UCB RISC-V, RVC, double-float ABI/),
  darwin('x64', 'x86_64', /Mach-O 64-bit x86_64 dynamically linked shared library/),
  darwin('arm64', 'aarch64', /Mach-O 64-bit arm64 dynamically linked shared library/),
];

function linux(arch, cpu, debian, file) {
  return [
    { libc: 'glibc', zig: `${cpu}-linux-gnu.${MAX_GLIBC}`, ...glibc },
    { libc: 'musl', zig: `${cpu}-linux-musl`, ...musl },
  ].map((variant) => ({
    ...{ name: `linux-${arch} ${variant.libc}`, os: 'linux', arch, cpu, debian, file, ...variant },
    path: join('prebuilds', `linux-${arch}`, `rawloop.${variant.libc}.node`),
  }));
}

function darwin(arch, cpu, file) {
  return {
    ...{ name: `darwin-${arch}`, os: 'darwin', arch, file, zig: `${cpu}-macos.11.0`, ...macho },
    path: join('prebuilds', `darwin-${arch}`, 'rawloop.node'),
  };
}
