// Whether a `data` handler can see the descriptors that come with the bytes of a Unix socket.
// To ask the kernel for them makes a read cost half as much again (recvmsg(2) beside recv(2);
// `npm run bench -- unix`), so it is asked where somebody may take them. That is taken for
// granted but of a function whose text shows that no third argument reaches it: what cannot be
// told from the text, a bound function say, gets them.

const textOf = Function.prototype.toString;
const NAME = '[\\w$]+';
const UP_TO_TWO = `\\(\\s*(${NAME}\\s*(,\\s*${NAME}\\s*,?\\s*)?)?\\)`;
/** `(socket, chunk) =>`, `socket =>`, `function (socket, chunk) {`, `data(socket, chunk) {`. */
const PLAIN = new RegExp(
  `^(async\\s+)?((${NAME}|${UP_TO_TWO})\\s*=>|(function\\b\\s*)?(${NAME}\\s*)?${UP_TO_TWO}\\s*\\{)`,
);
/** Native code has parameters that its text does not name. */
const OTHER_WAYS = /\b(arguments|eval)\b|\[native code\]/;

const known = new WeakMap<object, boolean>();

/** Whether descriptors are to be received for this handler. */
export function takesDescriptors(data: unknown): boolean {
  if (typeof data !== 'function') return false;
  if (data.length > 2) return true;
  let takes = known.get(data);
  if (takes === undefined) {
    const text = textOf.call(data);
    takes = !PLAIN.test(text) || OTHER_WAYS.test(text);
    known.set(data, takes);
  }
  return takes;
}
