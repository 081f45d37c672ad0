// What a built addon asks of its host and gives to it: by nm(1) and readelf(1) for ELF,
// and by a reader of its own for Mach-O, which those do not know. See <mach-o/loader.h>.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const output = (command, ...args) =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });

/** `{ undefined: [{ name, version?, weak, fromHost }], exported: [], needed: [] }` */
export function readSymbols(path, format) {
  return format === 'elf' ? readElf(path) : readMachO(readFileSync(path));
}

function readElf(path) {
  const rows = output('nm', '-D', path).trim().split('\n');
  const symbols = rows.map((row) => /(?:^|\s)([A-Za-z]) ([^\s@]+)(?:@+(\w+)_([\d.]+))?$/.exec(row));
  const needed = output('readelf', '-dW', path).matchAll(/\(NEEDED\).*\[(.+)\]/g);
  return {
    undefined: symbols
      .filter(([, type]) => 'Uwv'.includes(type))
      .map(([, type, name, , version]) => ({ name, version, weak: type !== 'U' })),
    exported: symbols.filter(([, type]) => !'Uwv'.includes(type)).map(([, , name]) => name),
    needed: [...needed].map(([, name]) => name),
  };
}

const MAGIC_64 = 0xfeedfacf;
const LOAD_DYLIB = 0xc;
const SYMTAB = 0x2;
const CODE_SIGNATURE = 0x1d;
const HEADER_BYTES = 32;
const ROW_BYTES = 16;
const N_STAB = 0xe0;
const N_TYPE = 0x0e;
const N_PRIVATE = 0x10;
const N_EXT = 0x01;
const DYNAMIC_LOOKUP = 0xfe;

function readMachO(file) {
  if (file.readUInt32LE(0) !== MAGIC_64) throw new Error('no 64-bit Mach-O file');
  const found = { undefined: [], exported: [], needed: [], signed: false };
  let at = HEADER_BYTES;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const command = file.readUInt32LE(at);
    if (command === LOAD_DYLIB) found.needed.push(textAt(file, at + file.readUInt32LE(at + 8)));
    if (command === CODE_SIGNATURE) found.signed = true;
    if (command === SYMTAB) readTable(file, at, found);
    at += file.readUInt32LE(at + 4);
  }
  return found;
}

function readTable(file, at, found) {
  const [rows, count, strings] = [8, 12, 16].map((field) => file.readUInt32LE(at + field));
  for (let i = 0; i < count; i++) {
    const row = rows + i * ROW_BYTES;
    const type = file[row + 4];
    if ((type & (N_STAB | N_PRIVATE)) !== 0 || (type & N_EXT) === 0) continue;
    // C names have an underscore before them.
    const name = textAt(file, strings + file.readUInt32LE(row)).replace(/^_/, '');
    const library = file.readUInt16LE(row + 6) >> 8;
    if ((type & N_TYPE) !== 0) found.exported.push(name);
    else found.undefined.push({ name, fromHost: library === DYNAMIC_LOOKUP });
  }
}

function textAt(file, start) {
  return file.toString('latin1', start, file.indexOf(0, start));
}
