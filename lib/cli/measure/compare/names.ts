// What the models are called in a sentence, and what they are.
import type { Model } from '../../echo-models.js';

export const NAMES: Readonly<Record<Model, string>> = {
  loop: 'the owned loop',
  guest: 'the guest loop',
  threads: 'thread per connection',
  net: 'node:net',
};

/** For the explanation on the page. */
export const LESSONS: Readonly<Record<Model, string>> = {
  loop:
    'One thread, which rawloop’s loop has to itself: it asks the kernel which connections are ' +
    'ready, reads all of those, answers all of them, and asks again.',
  guest:
    'The same loop inside Node’s: Node waits for the loop’s one descriptor and then lets it do ' +
    'its turn. Everything else of Node goes on.',
  threads:
    'The server of the textbooks, in C++: each connection has a thread, which waits in recv(2) ' +
    'for its own client and for nobody else.',
  net: 'What Node itself offers: a loop as well, libuv’s, with a stream object per connection.',
};

/** At the start of a sentence; what is spelt with a colon is spelt so everywhere. */
export function capital(text: string): string {
  if (/^\w+:/.test(text)) return text;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
