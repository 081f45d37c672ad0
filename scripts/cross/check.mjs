// What must hold of a cross-built addon before anyone loads it. Each rule is one line
// of the result when it is broken.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { readSymbols } from './symbols.mjs';
import { MAX_GLIBC } from './targets.mjs';
import { EXPORTED } from './zig.mjs';

const MAX_BYTES = 1_500_000;
export const NODE_API = /^(napi|node_api)_\w+$/;
/** Start-up files of the C library and profilers define these, or nobody does. */
const OPTIONAL = /^(__gmon_start__|_ITM_\w+|__cxa_finalize|_DYNAMIC)$/;

/**
 * musl has no versions: the families of its functions that the sources and zig's C++ library
 * call. That library calls more of them on one processor than on the next.
 */
export const C_LIBRARY = new RegExp(
  `^(${[
    ...['_*(errno_location|cxa_atexit|tls_get_addr|stack_chk_fail)', 'abort', '[mc]alloc'],
    ...[
      'realloc',
      'free',
      'aligned_alloc',
      'posix_memalign',
      'bcmp',
      '(w?mem|str|wcs|sw)\\w+',
      '\\w*printf',
    ],
    ...['f(flush|putc|write|cntl)', 'stderr', 'is\\w+', 'trunc', '(pthread|sched|sig)_?\\w+'],
    ...['dl\\w+', '(epoll|inet|if)_\\w+', 'eventfd', 'accept4?', 'bind', 'connect', 'listen'],
    '(fanotify|inotify|timerfd)_\\w+',
    ...['prctl', '__libc_current_sigrt(min|max)', 'ceilf'],
    ...['socket(pair)?', 'shutdown', '[gs]etsockopt', 'get(peer|sock)name', 'hton[sl]'],
    ...['ntoh[sl]', '(recv|send)(m?msg)?', 'recvfrom', 'sendto', 'pipe2?', 'poll'],
    ...['p?(read|write)v?(64)?', 'close'],
    ...['[fl]?stat(fs)?', 'raise', 'syscall', 'sysconf', 'getpid', 'clock_gettime', 'nanosleep'],
    ...['m(un)?map', 'madvise', 'dup[23]', 'access', 'readlink', 'open', 'flock', 'fchmod'],
    ...['[fl]?ch(mod|own)', 'f?truncate(64)?', 'fdatasync', 'fsync', 'lseek(64)?', 'rmdir'],
    ...['(fstat|open|unlink)at(64)?', 'utimensat', 'futimens', 'mkd(ir|temp)', 'realpath'],
    ...['(sym|un)?link', 'rename', 'f?statv?fs(64)?', '(fd)?opendir', 'readdir', 'closedir'],
    ...['posix_openpt', 'grantpt', 'unlockpt', 'ptsname_r'],
    ...['ioctl', 'getrlimit(64)?', 'sendfile(64)?', 'splice', 'memfd_create'],
    ...['(get|free)addrinfo', 'getnameinfo', 'tc[gs]etattr', '(tc)?getpgrp', 'at_?exit'],
    ...['tc(setpgrp|getsid|drain|flush|flow)', 'cf[gs]et[io]speed'],
    ...[
      'kill',
      'waitid',
      'wait(4|pid)',
      'getrlimit',
      'environ',
      'prctl',
      'clone',
      'v?fork',
      'execve',
      '_exit',
      'set(sid|pgid|priority)',
    ],
    ...['chdir', 'umask', 'setrlimit', 'set(uid|gid|groups)'],
  ].join('|')})$`,
);

/**
 * zig's Mach-O linker takes no list of exports: the compiler's runtime and the operators
 * of the C++ library show as well. Names are of two levels there: nobody binds to them.
 */
const RUNTIME = new RegExp(
  `^(__\\w+|_Z(nw|na|dl|da)\\w+|mem\\w+|bcmp|(${[
    ...['ceil', 'cos', 'exp2?', 'fabs', 'floor', 'fm(a|ax|in|od)', 'log(2|10)?', 'round'],
    ...['sin', 'sincos', 'sqrt', 'tan', 'trunc'],
  ].join('|')})[flq]?)$`,
);

const isNewer = (version) => {
  const [major, minor] = version.split('.').map(Number);
  const [maxMajor, maxMinor] = MAX_GLIBC.split('.').map(Number);
  return major > maxMajor || (major === maxMajor && minor > maxMinor);
};

function isExpected({ name, version, weak, fromHost }, { libc, format }) {
  if (NODE_API.test(name)) return format === 'elf' || fromHost;
  if (weak && OPTIONAL.test(name)) return true;
  // Two-level names: what is not looked up in the host comes from a library above.
  if (format === 'mach-o') return !fromHost;
  return libc === 'glibc' ? version !== undefined : C_LIBRARY.test(name);
}

/** `{ bytes, type, glibc?, problems: [] }` */
export function checkAddon(path, target) {
  const type = execFileSync('file', ['--brief', path], { encoding: 'utf8' }).trim();
  const bytes = statSync(path).size;
  const symbols = readSymbols(path, target.format);
  const problems = [];
  if (!target.file.test(type)) problems.push(`file says: ${type}`);
  if (bytes > MAX_BYTES) problems.push(`${bytes} bytes`);
  for (const symbol of symbols.undefined) {
    if (/^_?uv_/.test(symbol.name)) problems.push(`asks for libuv's ${symbol.name}`);
    else if (!isExpected(symbol, target)) problems.push(`asks for ${symbol.name}`);
    if (symbol.version && isNewer(symbol.version)) {
      problems.push(`asks for ${symbol.name} of glibc ${symbol.version}`);
    }
  }
  if (!symbols.undefined.some(({ name }) => NODE_API.test(name))) problems.push('no Node-API');
  const exported = symbols.exported.filter(
    (name) => !EXPORTED.includes(name) && !(target.os === 'darwin' && RUNTIME.test(name)),
  );
  if (exported.length > 0) {
    problems.push(`exports ${exported.length} more: ${exported.slice(0, 5).join(' ')}`);
  }
  for (const name of EXPORTED) {
    if (!symbols.exported.includes(name)) problems.push(`does not export ${name}`);
  }
  for (const name of symbols.needed) {
    if (!target.needed.test(name)) problems.push(`needs ${name}`);
  }
  // Apple's processors run no code without a signature; the linker makes one.
  if (symbols.signed === false && target.arch === 'arm64') problems.push('is not signed');
  const versions = symbols.undefined.map(({ version }) => version).filter(Boolean);
  const byMinor = (a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]);
  return { bytes, type, glibc: versions.sort(byMinor).at(-1), problems };
}
