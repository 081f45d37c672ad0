// What native/constants/ exports: numbers by their names.

export interface Constants {
  /** Those that this system defines. */
  readonly constants: Readonly<Record<string, number>>;
}
