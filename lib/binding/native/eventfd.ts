// What native/calls/eventfd.cc exports; -ENOSYS where there is no eventfd.

/** `lib/raw` documents it. */
export interface EventfdCalls {
  eventfd(initval?: number, flags?: number): number;
}
