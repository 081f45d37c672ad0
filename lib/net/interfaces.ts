// `localAddress` by the name of a network interface, which may have several addresses of
// each family. See getifaddrs(3).
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { IpAddress } from '../binding/index.js';
import { invalidValue } from '../loop/errors.js';

const isLinkLocal = (address: string) => /^fe[89ab]/i.test(address);

/** The one to reach `to` from: its like, of the link alone or of more than that. */
function fittingOf(infos: NetworkInterfaceInfo[], to: IpAddress): string | undefined {
  const addresses = infos
    .filter(({ family }) => String(family).endsWith(to.family === 'ipv4' ? '4' : '6'))
    .map(({ address }) => address);
  const near = isLinkLocal(to.address);
  return addresses.find((address) => isLinkLocal(address) === near) ?? addresses[0];
}

/**
 * The address of interface `name` to connect to `to` from; undefined: there is no such
 * interface, or it is down.
 *
 * @throws TypeError ERR_INVALID_ARG_VALUE when it has none of the right family
 */
export function addressOfInterface(name: string, to: IpAddress): string | undefined {
  const all = networkInterfaces();
  const infos = Object.hasOwn(all, name) ? all[name] : undefined;
  if (infos === undefined) return undefined;
  const address = fittingOf(infos, to);
  if (address === undefined) {
    const without = `an interface with an ${to.family} address, as that of the peer is: '${name}'`;
    throw invalidValue('options.localAddress', `${without} has none`);
  }
  return isLinkLocal(address) ? `${address}%${name}` : address;
}
