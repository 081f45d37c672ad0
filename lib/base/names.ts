// What callbacks are called in metrics and traces: each has a name.

/** A function's own name, or '(anonymous)'. */
export function nameOf(callback: { readonly name: string }): string {
  return callback.name === '' ? '(anonymous)' : callback.name;
}
