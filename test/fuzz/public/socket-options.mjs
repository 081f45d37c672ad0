// Options of sockets and servers, by number and by name, and what listen and connect take of
// them. Those that are set change nothing of what the program sees.

const NAMES = ['SO_KEEPALIVE', 'TCP_KEEPIDLE', 'IP_TOS', 'TCP_INFO'];

/** `keepAlive` and `socketOptions`, once in a while. */
export function initialOptions(actions) {
  const { random } = actions;
  if (!random.oneIn(5)) return {};
  const times = () => ({ idleSeconds: actions.or(() => 5), probes: actions.or(() => 3) });
  const name = random.pick(['IP_TOS', 'IP_TOS', 'IP_TOSS', 'SO_TYPE', 'TCP_NOPUSH']);
  const named = () => ({ [name]: actions.or(() => 8) });
  return {
    keepAlive: actions.or(() => random.pick([true, false, actions.options(times())])),
    socketOptions: actions.or(() => actions.options(named())),
  };
}

/** Sets or reads an option of `handle`. */
export function useOption(actions, handle) {
  const { random, program } = actions;
  const { constants: c } = program.raw;
  const name = actions.or(() => random.pick(NAMES));
  random.pick([
    () => handle.getOption(name),
    () => handle.options[random.pick(NAMES)],
    () =>
      handle.setOption(
        name,
        actions.or(() => random.pick([true, false, 5])),
      ),
    () => handle.setOption(c.SOL_SOCKET, c.SO_SNDBUF, random.pick([1, 5000, 100_000])),
    () => {
      const [level, option] = [actions.or(() => c.SOL_SOCKET), actions.or(() => c.SO_RCVBUF)];
      handle.getOption(level, option);
    },
  ])();
}
