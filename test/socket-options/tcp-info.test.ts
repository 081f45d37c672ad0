// TCP_INFO of connections over the loopback, and of what an older kernel fills of it.
import { describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { getByName } from '../../lib/socket-options/access.js';
import { tcpInfo } from '../../lib/socket-options/tcp-info.js';
import type { TcpInfo } from '../../lib/socket-options/values-tcp-info.js';
import { untilReadable } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { KINDS } from './support.js';

guardDescriptors();
const opened = new Opened();
const infoOf = (fd: number) => getByName(fd, 'TCP_INFO') as TcpInfo;

describe.runIf(process.platform === 'linux')('TCP_INFO', () => {
  it('tells of what was sent, acknowledged and received', () => {
    const [client, server] = opened.tcpPair();
    raw.send(client, new Uint8Array(5000));
    for (let left = 5000; left > 0; left -= raw.recv(server, new Uint8Array(left))) {
      untilReadable(server);
    }
    // It brings the acknowledgement along.
    raw.send(server, new Uint8Array(300));
    untilReadable(client);
    const [ours, theirs] = [infoOf(client), infoOf(server)];
    expect(ours).toMatchObject({ state: 'ESTABLISHED', congestionState: 'open', lost: 0 });
    // The byte that opened the connection counts, where it was we who asked for it.
    expect([5000, 5001]).toContain(ours.bytesAcked);
    expect(theirs.bytesReceived).toBe(5000);
    expect(theirs.bytesSent).toBe(300);
    expect(ours.rttUs).toBeGreaterThan(0);
    expect(ours.sndCwnd).toBeGreaterThan(0);
    expect(ours.pathMtuBytes).toBeGreaterThan(1000);
    expect(ours.features).toContain('windowScale');
    expect(ours.sndWindowScale).toBe(theirs.rcvWindowScale);
    expect(ours.maxPacingBytesPerSecond).toBe(Number.POSITIVE_INFINITY);
  });

  it('names each state', () => {
    expect(infoOf(KINDS['new tcp'](opened)).state).toBe('CLOSE');
    const [client, server] = opened.tcpPair();
    raw.shutdown(client, constant('SHUT_WR'));
    untilReadable(server);
    expect(infoOf(client).state).toMatch(/^FIN_WAIT[12]$/);
    expect(infoOf(server).state).toBe('CLOSE_WAIT');
  });

  it('of a listening socket tells how many wait to be accepted', () => {
    const [listener, address] = opened.listening(8);
    for (let i = 0; i < 3; i++) {
      raw.check(
        raw.connect(opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM'))), address),
        'connect',
      );
    }
    expect(infoOf(listener)).toMatchObject({ state: 'LISTEN', unacked: 3, sacked: 8 });
  });

  it('leaves out what an older kernel does not fill', () => {
    const [client] = opened.tcpPair();
    const decodeFirst = (length: number) => {
      const filled = native.getsockopt(
        client,
        constant('IPPROTO_TCP'),
        constant('TCP_INFO'),
        tcpInfo.bytes.subarray(0, length),
      );
      return tcpInfo.decode(filled);
    };
    const ofLinux2 = decodeFirst(104);
    expect(ofLinux2.totalRetransmitted).toBe(0);
    expect(Object.keys(ofLinux2)).not.toContain('pacingBytesPerSecond');
    const ofLinux4 = decodeFirst(136);
    expect(ofLinux4.bytesReceived).toBe(0);
    expect(Object.keys(ofLinux4)).not.toContain('segmentsOut');
    expect(Object.keys(infoOf(client)).length).toBeGreaterThan(Object.keys(ofLinux4).length);
  });
});
