// The source of one family of constants, made by each build from a list of names:
//   node generate.cjs names/epoll.txt epoll.cc
// A line of names/*.txt is
//   // text, #define or #include   copied
//   NAME                  a constant, left out where the headers define no such macro
//   NAME = expression     the same under a name of our own, on every system
//   unsigned              the names below are words of 32 bits: no negative numbers
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, dirname } = require('node:path');

function rowsOf(lines) {
  let isUnsigned = false;
  return lines.flatMap((line) => {
    const [, name, expression] = /^(\w+)(?: = (\w+))?$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`no name: '${line}'`);
    if (name === 'unsigned') {
      isUnsigned = true;
      return [];
    }
    const value = expression ?? (isUnsigned ? `static_cast<uint32_t>(${name})` : name);
    const row = `    {"${name}", static_cast<double>(${value})},`;
    return expression === undefined ? [`#ifdef ${name}`, row, '#endif'] : [row];
  });
}

/** @throws Error for a line that is none of the above */
function generate(text, source) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const isCopied = (line) => /^(\/\/ |#(define|include) )/.test(line);
  return `// Made of ${source} by generate.cjs.
${lines.filter(isCopied).join('\n')}

#include <cstdint>

#include "constants/constants.h"
#include "core/module.h"

namespace rawloop {
namespace {

const Constant kConstants[] = {
${rowsOf(lines.filter((line) => !isCopied(line))).join('\n')}
    {nullptr, 0},
};

void Register(napi_env env, napi_value exports) {
  AddConstants(env, exports, kConstants);
}
RAWLOOP_MODULE(Register);

}  // namespace
}  // namespace rawloop
`;
}

/** Writes the source that is made of a list of names. */
function generateFile(names, output) {
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, generate(readFileSync(names, 'utf8'), basename(names)));
}

module.exports = { generate, generateFile };

if (require.main === module) generateFile(process.argv[2], process.argv[3]);
