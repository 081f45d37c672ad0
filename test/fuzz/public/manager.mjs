// What a program has of a service manager: the variables of its environment, right and wrong,
// and what is read from them or sent. There is no manager: nobody hears.
import { anyValue } from '../support/values.mjs';

const VARIABLES = ['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES', 'NOTIFY_SOCKET', 'WATCHDOG_USEC'];
const TEXTS = ['', '0', '1', '2', '-1', '1e9', '2147483644', 'a:b', '@none', '/none', 'vsock:2:1'];

/** Rows of random calls: their weights, and what they do. */
export function managerRows(program, actions) {
  const { random } = program;
  const { inheritedSockets, sdNotify, watchdogMs } = program.rawloop;

  function change() {
    const name = random.pick(VARIABLES);
    const text = random.pick([...TEXTS, String(process.pid), undefined, undefined]);
    if (text === undefined) delete process.env[name];
    else process.env[name] = text;
  }

  const options = (properties) => actions.or(() => actions.options(properties));
  const state = () =>
    actions.or(() =>
      random.pick(['READY=1', 'RELOADING=1', 'READY', { STATUS: anyValue(random) }]),
    );
  const fds = () => actions.or(() => [random.pick([0, 1, 2 ** 30, anyValue(random)])]);

  return [
    [1, change],
    [1, () => actions.call('inheritedSockets', () => inheritedSockets(options({ unset: true })))],
    [1, () => actions.call('sdNotify', () => sdNotify(state(), options({ fds: fds() })))],
    [1, () => actions.call('watchdogMs', () => watchdogMs())],
  ];
}
