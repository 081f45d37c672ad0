// Terminals that are in raw mode, for as long as somebody in this process wants
// it, and how they come back to the mode that they had: when the last of them
// is done, as the process exits, as a signal ends it, and while it is stopped.
// A terminal is one thing for all threads and for whoever comes after us, so
// the table is the process's. It stands apart from Node-API. See termios(3),
// signal-safety(7), and for the table's lock signal_table.h.
#ifndef RAWLOOP_PROCESS_RAW_TERMINALS_H_
#define RAWLOOP_PROCESS_RAW_TERMINALS_H_

#include <csignal>

namespace rawloop {

// One more wants the terminal behind `fd` raw: its place, or -errno. `fd` is
// not kept.
int EnterRawMode(int fd);
// He does no more.
void LeaveRawMode(int place);

// All have the mode that they had, without a word to those who want it. Called
// as the process exits.
void RestoreTerminals();
// The process goes on after it was stopped: they are raw again, but for those
// that another job has in the foreground.
void RenewRawModes();
// Our handlers stand again where a signal has its default action, as somebody
// watched it for a while.
void GuardAgain();
// The same for who has the lock.
void GuardAgainLocked();

// Whether a handler of ours would restore the terminals. It is a way out: the
// signal ends or stops the process.
bool IsTerminalGuard(const struct sigaction& action);

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_RAW_TERMINALS_H_
