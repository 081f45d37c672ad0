// The calls on terminals in the table of signatures.ts: all are asked of what is none.
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { type Call, fd, int, type Parameter } from './parameters.js';

export function terminalSignatures(pipe: number): Record<string, [Call, Parameter[]]> {
  const record = (name: string, good: raw.Bytes): Parameter => ({
    name,
    good,
    takes: () => false,
  });
  const termios = record('termios', new Uint32Array(38));
  const winsize = record('winsize', new Uint16Array(4));
  return {
    tcgetattr: [raw.tcgetattr as Call, [fd(pipe), termios]],
    tcsetattr: [
      raw.tcsetattr as Call,
      [fd(pipe), int('optional_actions', constant('TCSANOW')), termios],
    ],
    tcgetwinsize: [raw.tcgetwinsize as Call, [fd(pipe), winsize]],
    tcsetwinsize: [raw.tcsetwinsize as Call, [fd(pipe), winsize]],
    tcgetpgrp: [raw.tcgetpgrp as Call, [fd(pipe)]],
    tcsetpgrp: [raw.tcsetpgrp as Call, [fd(pipe), int('pgrp', 1)]],
    tcgetsid: [raw.tcgetsid as Call, [fd(pipe)]],
    tcdrain: [raw.tcdrain as Call, [fd(pipe)]],
    tcflush: [raw.tcflush as Call, [fd(pipe), int('queue_selector', constant('TCIOFLUSH'))]],
    tcflow: [raw.tcflow as Call, [fd(pipe), int('action', constant('TCOON'))]],
  };
}
