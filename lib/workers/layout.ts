// The words that the loop and a thread for JavaScript jobs share, beside the port that their
// messages go by. What a job is doing stands here, so that the loop may take back what has not
// begun, whatever the thread is busy with, and knows what was lost when it ends.

/** How often the loop has given something: the thread sleeps until this changes. */
export const GIVEN = 0;
/** 1: the thread sleeps on GIVEN, and has to be notified. */
export const SLEEPING = 1;
/** 1: the thread's environment has ended; native code sets it (native/poll/end_notice.cc). */
export const ENDED = 2;
/** 1: its code has ended by itself, by `process.exit` or an error, with EXIT_CODE. */
export const EXITED = 3;
export const EXIT_CODE = 4;
/** The place of the job that was aborted while it ran, plus 1; 0: none. */
export const ABORTED = 5;
/** 1: it runs code of ours, and from there on no end of it goes unnoticed. */
export const BEGUN = 6;
/** Where the states of the places begin. */
export const STATES = 8;

/** How many jobs a thread may have been given at once. */
export const PLACES = 64;
export const THREAD_WORDS = STATES + PLACES;

/** Nothing is at this place. */
export const FREE = 0;
/** A job waits here; whoever changes this first has it. */
export const OFFERED = 1;
/** The thread has begun it. */
export const RUNNING = 2;
/** The loop has taken it back: the thread passes it over, and frees the place. */
export const WITHDRAWN = 3;

/**
 * From here on: the job is done, and its result is this, or the number at its place in the
 * answers. A message by the port takes both sides longer than such a job, and wakes the host's
 * loop of the thread that made the port as well.
 */
export const ANSWERED = 4;
/** What each state from ANSWERED on gives; a number is the first. */
export const ANSWERS: readonly unknown[] = [0, undefined, null, true, false];

/** Doubles of each place in the answers: the number, when the job began, how long it took. */
export const ANSWER = 3;

/** In a word of its own for all threads: 1: the loop was woken and has not looked yet. */
export const TOLD = 0;
