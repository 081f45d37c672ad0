// `timeoutMs` of loop.connect: an attempt that takes longer ends with ETIMEDOUT, as the
// kernel's own does after two minutes (tcp_syn_retries in tcp(7)). Few have a limit, so it
// stands beside the socket.
import type { Timer } from '../loop/time/timer.js';
import { whenClosed } from '../loop/when-closed.js';
import { constant } from '../raw/constants.js';
import { type SystemErrorDetails, systemError } from '../raw/errors.js';
import { hasNews } from '../stream/news.js';
import type { Stream } from '../stream/stream.js';

const ETIMEDOUT = -constant('ETIMEDOUT');

const timers = new WeakMap<Stream, Timer>();
/** Whether there ever was one: to look for what is not there costs each connect. */
let any = false;

/** `socket`, which connects to `target`, is to be connected in `ms`. */
export function limitConnecting(socket: Stream, ms: number, target: SystemErrorDetails): void {
  any = true;
  const timer = socket.loop.setTimeout(() => {
    timers.delete(socket);
    // It has ended, and the thread was held up: that is told as it is.
    if (!hasNews(socket)) socket.destroy(systemError(ETIMEDOUT, 'connect', target));
  }, ms);
  // The connect itself keeps the loop alive.
  timer.unref();
  timers.set(socket, timer);
  whenClosed(socket, () => connectingEnded(socket));
}

/** It is connected, or is not going to be. */
export function connectingEnded(socket: Stream): void {
  if (!any) return;
  const timer = timers.get(socket);
  if (timer === undefined) return;
  timers.delete(socket);
  socket.loop.clearTimeout(timer);
}
