// `socketOptions` and `keepAlive` of listen and connect: read and checked before anything is
// opened. What is read here is loaded when one is given; see initial.ts.
import { invalidType, invalidValue } from '../base/errors.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { type Change, checkChange, makeChange } from './access.js';
import { TABLE } from './table.js';
import type { InitialOptions, KeepAliveOptions, SocketOptionSettings } from './values.js';

const KEEP_ALIVE: OptionNames<KeepAliveOptions> = {
  idleSeconds: true,
  intervalSeconds: true,
  probes: true,
};
const SETTABLE = Object.fromEntries(
  Object.entries(TABLE).flatMap(([name, row]) => (row.setting === undefined ? [] : [[name, true]])),
) as OptionNames<SocketOptionSettings>;

function keepAliveChanges(given: unknown): Change[] {
  if (given === undefined || given === false) return [];
  const on = checkChange('SO_KEEPALIVE', true);
  if (given === true) return [on];
  if (typeof given !== 'object') throw invalidType('options.keepAlive', 'a boolean or an object');
  const times = readOptions('options.keepAlive', given as KeepAliveOptions, KEEP_ALIVE);
  const rows = [
    ['TCP_KEEPIDLE', 'idleSeconds'],
    ['TCP_KEEPINTVL', 'intervalSeconds'],
    ['TCP_KEEPCNT', 'probes'],
  ] as const;
  const changes = rows.flatMap(([name, key]) =>
    times[key] === undefined ? [] : [checkChange(name, times[key], `options.keepAlive.${key}`)],
  );
  return [on, ...changes];
}

/** The changes that are asked for, checked: a function that makes them, in their order. */
export function initialChanges(options: InitialOptions, isTcp: boolean): (fd: number) => void {
  const { socketOptions = {}, keepAlive } = options;
  if (!isTcp && keepAlive !== undefined && keepAlive !== false) {
    throw invalidValue('options.keepAlive', 'left out: the socket is not one of TCP');
  }
  const changes = keepAliveChanges(keepAlive);
  const place = 'options.socketOptions';
  const settings = readOptions(place, socketOptions, SETTABLE);
  for (const [name, value] of Object.entries(settings)) {
    changes.push(checkChange(name, value, `${place}.${name}`));
  }
  return (fd) => {
    for (const change of changes) makeChange(fd, change);
  };
}
