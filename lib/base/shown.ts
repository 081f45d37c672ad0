// What console.log shows of the loop's objects: one line of what matters to a user, in
// place of their private state. See "Custom inspection functions" of node:util.

/** The method that util.inspect of Node, Bun and Deno calls. */
export const SHOWN: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** `Name { fact, fact }`; what is undefined is left out. */
export function shown(name: string, ...facts: (string | undefined)[]): string {
  return `${name} { ${facts.filter((fact) => fact !== undefined).join(', ')} }`;
}

/** Why something has closed, as short as it can be told. */
export function reasonOf(error: Error | undefined): string | undefined {
  if (error === undefined) return undefined;
  return String((error as { code?: unknown }).code ?? error.name);
}

/** What is asked of the kernel may be refused, and then it is not shown. */
export function unlessRefused<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
