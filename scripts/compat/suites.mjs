// What `npm run test:compat` runs: the packages that rawloop/compat stands in for, with the
// tests that they come with, and packages that use them.

/** What the tests themselves need; one version for all. */
export const TOOLS = [
  ...['mocha@11', 'should@11', 'sinon@19', 'typescript@5', '@types/node@25', 'vows@0.8'],
  ...['winston@3', 'winston-transport@4', 'triple-beam@1', 'glossy@0.1'],
  // Of the originals.
  ...['bindings@1', 'nan@2', 'debug@4', 'node-addon-api@7'],
];

/**
 * @typedef {object} Suite
 * @property {string} name of the package
 * @property {string} version
 * @property {string} [main] the file that its tests load: ours is put there. A package without
 *   one is a user of the others
 * @property {'node' | 'mocha' | 'vows'} runner
 * @property {readonly string[]} tests files; of mocha and vows also a folder, all that is in it
 * @property {boolean} [fromRepository] the published package has no tests: a checkout of the
 *   repository has them
 * @property {string} [alias] another file that its tests load: the same as `main`
 * @property {{ from: string, files: readonly string[] }} [sources] its tests are TypeScript: the folder
 *   of the checkout where they are, and what is translated of it into the folder of `main`
 * @property {readonly string[]} [files] what its tests read, of the checkout
 * @property {boolean} [isAlone] they count the processes of the machine: they get a namespace of
 *   their own, where the system lets them
 */

/** @type {readonly Suite[]} */
export const SUITES = [
  {
    name: 'epoll',
    version: '4.0.2',
    main: 'epoll.js',
    runner: 'node',
    tests: [
      ...['closed', 'do-almost-nothing', 'do-nothing', 'no-gc-allowed', 'one-shot'],
      ...['performance-check', 'two-shot', 'verify-events'],
    ].map((name) => `test/${name}.js`),
  },
  {
    name: 'unix-dgram',
    version: '2.0.7',
    main: 'lib/unix_dgram.js',
    runner: 'node',
    tests: ['dgram-unix', 'connect', 'connect-callback', 'send-error'].map(
      (name) => `test/test-${name}.js`,
    ),
  },
  {
    name: 'abstract-socket',
    version: '2.1.1',
    main: 'lib/abstract_socket.js',
    runner: 'mocha',
    tests: ['test'],
  },
  {
    name: 'usocket',
    version: '1.1.0',
    main: 'index.js',
    runner: 'mocha',
    tests: ['test'],
    fromRepository: true,
  },
  {
    name: 'fs-ext',
    version: '2.1.1',
    main: 'fs-ext.js',
    runner: 'node',
    tests: [
      ...['test-fs-fcntl', 'test-fs-flock', 'test-fs-flock_stress', 'test-fs-seek'],
      ...['test-fs-seek_stress', 'test-fs-statvfs', 'worker-test'],
    ].map((name) => `tests/${name}.js`),
  },
  {
    name: 'node-pty',
    version: '1.1.0',
    main: 'lib/index.js',
    // What its tests load; what is no part of its API, as 'lib/terminal.js', stays the original's.
    alias: 'lib/unixTerminal.js',
    runner: 'mocha',
    tests: ['unixTerminal', 'terminal', 'eventEmitter2'].map((name) => `lib/${name}.test.js`),
    fromRepository: true,
    sources: { from: 'src', files: ['unixTerminal', 'terminal', 'eventEmitter2', 'testUtils'] },
    files: ['fixtures'],
    isAlone: true,
  },
  {
    name: 'hot-shots',
    version: '17.1.1',
    runner: 'mocha',
    tests: ['test'],
    fromRepository: true,
  },
  { name: 'winston-syslog', version: '2.7.1', runner: 'vows', tests: ['test'] },
];
