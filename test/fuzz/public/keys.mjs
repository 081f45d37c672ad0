// Keys, random bytes and digests.
import { noInteger } from '../support/values.mjs';

/**
 * @param {import('./things.mjs').Things} things
 * @param {() => object | undefined} options what a request takes last
 */
export function keyRequests({ actions, random, program: { loop } }, options) {
  const length = random.pick([0, 20, 64]);
  return [
    () => loop.crypto.pbkdf2(
      actions.or(() => random.pick(['x', new Uint8Array(8)])), actions.or(() => 'salt'),
      actions.or(() => random.pick([1, 10, 2000]), () => random.pick([0, -1, noInteger(random)])),
      actions.or(() => length, () => random.pick([-1, noInteger(random)])),
      actions.or(() => 'sha256'), options()),
    () => loop.crypto.scrypt(actions.or(() => 'x'), actions.or(() => 'salt'), actions.or(() => length),
      actions.or(() => ({ cost: random.pick([2, 3, 16]), blockSize: 1, maxmem: random.pick([0, 1e6]) }))),
    () => loop.crypto.randomBytes(actions.or(() => length, () => random.pick([-1, noInteger(random)])), options()),
    () => loop.crypto.hash(actions.or(() => 'sha256'), actions.or(() => random.pick(['x', new Uint8Array(70000)])), options()),
  ]; // biome-ignore format: a table
}
