// loop.dgram: from options to a socket of datagrams. Everything is checked before the first
// system call, what was opened is closed again when a later call fails, and a descriptor that
// is refused stays as it was. See socket(2), bind(2), udp(7), unix(7).
import { checkSignal, throwIfAborted } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor, checkInteger } from '../base/validate.js';
import { type Address, type IpAddress, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { invalidValue, loopClosed } from '../loop/errors.js';
import { closeIt, endOnAbort } from '../loop/when-closed.js';
import { addressOf } from '../net/endpoint.js';
import { guarded, setFlag } from '../net/open.js';
import { Interest } from '../poller/interest.js';
import { constant, constants } from '../raw/constants.js';
import { check, type SystemError } from '../raw/errors.js';
import { boolean, byteLimit } from '../stream/options.js';
import { isAsync } from '../stream/promised.js';
import { type DatagramAddress, type DatagramTarget, detailsOf, fromAddress, toAddress } from './address.js';
import type { DatagramFamily, DatagramSettings } from './base.js';
import { Exchange } from './exchange.js';
import { checkDatagramHandlers, type DatagramHandlers } from './handlers.js';
import { Mode, UNIT_BYTES } from './layout.js';
import { DatagramSocket } from './socket.js';
