// What console.log shows of the loop's objects: one line of what matters to a user, in
// place of their private state. See "Custom inspection functions" of node:util.

/** The method that util.inspect of Node, Bun and Deno calls. */
export const SHOWN: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** `Name { fact, fact }`; what is undefined is left out. */
export function shown(name: string, ...facts: (string | undefined)[]): string {
  return `${name} { ${facts.filter((fact) => fact !== undefined).join(', ')} }`;
}

/** What is asked of the kernel may be refused, and then it is not shown. */
export function unlessRefused<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
