// The table of peers: one object for each address, however often it is heard of; bounded,
// however many addresses somebody invents; and what is to be sent stays where it is.
import { expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import {
  type DatagramAddress,
  IpDatagramAddress,
  UnixDatagramAddress,
} from '../../lib/datagram/address.js';
import { PEER_WORDS } from '../../lib/datagram/layout.js';
import { PeerTable } from '../../lib/datagram/peers.js';

const MAX_PEERS = 4096;

/** As the kernel has it, with rubbish behind it. */
function wordsOf(address: { family: 'ipv4' | 'ipv6'; address: string; port: number }): Int32Array {
  const words = new Int32Array(PEER_WORDS).fill(0x55555555);
  native.writePeer(words, 0, address);
  return words;
}

const at = (port: number, address = '10.1.2.3') => wordsOf({ family: 'ipv4', address, port });

it('gives one object for an address, and decodes it once', () => {
  const table = new PeerTable(() => {});
  const first = table.objectOf(at(5000), 0);
  expect(first).toEqual(
    expect.objectContaining({ family: 'ipv4', address: '10.1.2.3', port: 5000 }),
  );
  expect(Object.isFrozen(first)).toBe(true);
  for (let i = 0; i < 3; i++) expect(table.objectOf(at(5000), 0)).toBe(first);
  expect(table.objectOf(at(5001), 0)).not.toBe(first);
  expect(table.size).toBe(2);
});

it('keeps all of them as it grows, and finds each again', () => {
  const table = new PeerTable(() => {});
  const objects = Array.from({ length: 1000 }, (_, port) => table.objectOf(at(port + 1), 0));
  for (const [port, object] of objects.entries()) {
    expect(table.objectOf(at(port + 1), 0)).toBe(object);
  }
  expect(table.size).toBe(1000);
});

it('stays bounded, and keeps whom it hears of again and again', () => {
  const table = new PeerTable(() => {});
  const friend = table.objectOf(at(1, '10.0.0.1'), 0);
  for (let i = 0; i < 5 * MAX_PEERS; i++) {
    table.objectOf(at((i % 60_000) + 1, `10.9.${i >> 13}.1`), 0);
    if (i % 100 === 0) expect(table.objectOf(at(1, '10.0.0.1'), 0)).toBe(friend);
  }
  expect(table.size).toBe(MAX_PEERS);
});

it('leaves what is to be sent in its place, until it is sent', () => {
  const table = new PeerTable(() => {});
  const target = new IpDatagramAddress('ipv4', '10.0.0.1', 7);
  const place = table.pin(target);
  for (let i = 0; i < 3 * MAX_PEERS; i++)
    table.objectOf(at((i % 60_000) + 1, `10.8.${i >> 13}.1`), 0);
  expect(table.at(place)).toBe(target);
  expect(table.pin(target)).toBe(place);
  table.unpinAll();
  for (let i = 0; i < 3 * MAX_PEERS; i++)
    table.objectOf(at((i % 60_000) + 1, `10.7.${i >> 13}.1`), 0);
  expect(table.at(place)).not.toBe(target);
  // It comes back by itself.
  expect(table.at(table.pin(target))).toBe(target);
});

it('says when everything is taken by what is to be sent', () => {
  const table = new PeerTable(() => {});
  const peers: DatagramAddress[] = [];
  for (let i = 0; i < MAX_PEERS; i++) peers.push(new IpDatagramAddress('ipv4', '10.0.0.1', i + 1));
  for (const peer of peers) expect(table.pin(peer)).toBeGreaterThanOrEqual(0);
  const other = new UnixDatagramAddress('\0other');
  expect(table.pin(other)).toBe(-1);
  table.unpinAll();
  expect(table.pin(other)).toBeGreaterThanOrEqual(0);
});

it('keeps no place for what is sent at once', () => {
  const table = new PeerTable(() => {});
  for (let i = 0; i < 2 * MAX_PEERS; i++) {
    expect(table.find(new IpDatagramAddress('ipv4', '10.0.0.1', i + 1))).toBeGreaterThanOrEqual(0);
  }
  expect(table.size).toBe(MAX_PEERS);
});

it('knows an address by its bytes, whatever object names it', () => {
  const table = new PeerTable(() => {});
  const heard = table.objectOf(at(9), 0);
  const written = new IpDatagramAddress('ipv4', '10.1.2.3', 9);
  const place = table.pin(heard);
  expect(table.pin(written)).toBe(place);
  expect(table.at(place)).toBe(heard);
});

it('tells names apart that end within a word', () => {
  const table = new PeerTable(() => {});
  const places = ['/a', '/ab', '/abc', '/abcd', '/b', '\0a', '\0ab'].map((path) =>
    table.pin(new UnixDatagramAddress(path)),
  );
  expect(new Set(places).size).toBe(places.length);
});
