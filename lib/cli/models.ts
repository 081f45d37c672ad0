// The four models: the words for them, without the code that runs them, so that a
// command can tell of its options where the addon is missing.

export const MODELS = ['loop', 'guest', 'threads', 'net'] as const;
export type Model = (typeof MODELS)[number];
/** Those that run on rawloop's loop, which can be recorded. */
export const LOOP_MODELS: readonly Model[] = ['loop', 'guest'];

/** The end of the help of a command that runs them. */
export const MODELS_HELP = `Models:
  loop     rawloop's loop owns the thread
  guest    rawloop's loop inside Node's
  threads  one thread per connection, in C++
  net      node:net, to compare
`;

/** What they are called in a sentence. */
export const NAMES: Readonly<Record<Model, string>> = {
  loop: 'the owned loop',
  guest: 'the guest loop',
  threads: 'thread per connection',
  net: 'node:net',
};

/** What they are, at more length. */
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
