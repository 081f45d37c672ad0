// What the public loop has for names of hosts.
import type { NameRequests } from '../dns/dns.js';
import { DatagramFace } from './datagram.js';
import * as families from './families.js';

/** What a loop has for names of hosts. Use `EventLoop`. */
export abstract class DnsFace extends DatagramFace {
  #dns: NameRequests | undefined;

  /** Names and addresses of hosts: by the C library on the pool, by name servers on the loop. */
  get dns(): NameRequests {
    if (this.#dns !== undefined) return this.#dns;
    const { NameRequests } = families.dns();
    const { NameLookups } = families.pool();
    this.#dns = new NameRequests(this, new NameLookups(this.requests));
    return this.#dns;
  }
}
