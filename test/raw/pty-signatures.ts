// The calls on pseudoterminals in the table of signatures.ts.
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Opened } from '../support/descriptors.js';
import { type Call, fd, int, type Parameter } from './parameters.js';

export function ptySignatures(opened: Opened): Record<string, [Call, Parameter[]]> {
  const flags = constant('O_RDWR') | constant('O_NOCTTY');
  const master = opened.keep(raw.posix_openpt(flags), 'posix_openpt');
  return {
    posix_openpt: [raw.posix_openpt as Call, [int('flags', flags)]],
    grantpt: [raw.grantpt as Call, [fd(master)]],
    unlockpt: [raw.unlockpt as Call, [fd(master)]],
    ptsname_r: [raw.ptsname_r as Call, [fd(master)]],
  };
}
