// Which signals end a process that says nothing of them. A file for each kind
// of system, chosen by source list: what one ignores ends a process on the
// other. See signal(7).
#ifndef RAWLOOP_OS_ENDING_SIGNALS_H_
#define RAWLOOP_OS_ENDING_SIGNALS_H_

namespace rawloop {

// Among those that may have a handler, from 1 to kSignalEnd - 1.
bool EndsByDefault(int signal);

}  // namespace rawloop

#endif  // RAWLOOP_OS_ENDING_SIGNALS_H_
