// Numbers, lists and lines as text.

/** What the system does not tell. */
export const UNKNOWN = '—';

export function known(value: number | null, text: (value: number) => string): string {
  return value === null ? UNKNOWN : text(value);
}

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

/** Three digits, or all of those before the point. */
export function significant(value: number): string {
  if (value >= 100) return whole(value);
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

/** In the unit that people would take. */
export function duration(us: number): string {
  if (us < 1000) return `${significant(us)} µs`;
  return us < 1e6 ? `${significant(us / 1000)} ms` : `${significant(us / 1e6)} s`;
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
