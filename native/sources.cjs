// What of native/ is compiled for a system: sources.json is the one list, a file is one
// line of it, and a system takes whole lists, so that no body asks where it runs.
// CMakeLists.txt reads the same list by sources.cmake. Names below constants/names/ are
// compiled by way of constants/generate.cjs.
//   node native/sources.cjs linux   prints the paths from the root, for binding.gyp
const { systems, lists } = require('./sources.json');

/** @returns {string[]} paths from the package's root. @throws Error for a name that is not there */
function sourcesOf(system) {
  const names = systems[system];
  if (names === undefined) throw new Error(`sources.json has no system '${system}'`);
  return names.flatMap((name) => {
    if (lists[name] === undefined) throw new Error(`sources.json has no list '${name}'`);
    return lists[name].map((file) => `native/${file}`);
  });
}

module.exports = { sourcesOf };

if (require.main === module) console.log(sourcesOf(process.argv[2]).join('\n'));
