// Numbers as text, and the colours of a terminal.

const numbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** With thousands separated, no fraction. */
export function whole(value: number): string {
  return numbers.format(value);
}

/** With a fixed number of decimals. */
export function decimal(value: number, digits: number): string {
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export function rate(messagesPerSecond: number): string {
  return `${whole(messagesPerSecond)}/s`;
}

/** 1 thing, 2 things */
export function counted(number: number, thing: string): string {
  return `${whole(number)} ${thing}${number === 1 ? '' : 's'}`;
}

export function count(connections: number): string {
  return counted(connections, 'connection');
}

/** a, b and c */
export function listText(items: readonly string[]): string {
  const head = items.slice(0, -1).join(', ');
  const last = items.at(-1) ?? '';
  return head === '' ? last : `${head} and ${last}`;
}

/** In lines of at most `columns`, broken between words. */
export function wrap(text: string, columns: number): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}

export interface Paint {
  readonly coloured: boolean;
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
}

const plain = (text: string) => text;
const code = (on: number, off: number) => (text: string) => `\x1b[${on}m${text}\x1b[${off}m`;

/** Colours for a terminal whose user has not said no. See no-color.org. */
export function paintFor(stream: { isTTY?: boolean }): Paint {
  const wanted = stream.isTTY === true && (process.env['NO_COLOR'] ?? '') === '';
  if (!wanted) return { coloured: false, strong: plain, faint: plain, good: plain };
  return { coloured: true, strong: code(1, 22), faint: code(2, 22), good: code(32, 39) };
}
