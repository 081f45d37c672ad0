// How copies of the addon find each other: all share the table of the one that
// was loaded first. A host opens each copy for itself alone and exports nothing
// but the entry points of Node-API, so each carries a mark that the others find
// in memory. What the system must supply, chosen by source list:
//
//   signal_sharing_elf.cc     Linux and the BSDs: a note, dl_iterate_phdr(3)
//   signal_sharing_darwin.cc  macOS: a section, dyld(3)
#ifndef RAWLOOP_PROCESS_SIGNAL_SHARING_H_
#define RAWLOOP_PROCESS_SIGNAL_SHARING_H_

#include "process/signal_table.h"

namespace rawloop {

using GetSignalTable = const SignalTable* (*)();

// OwnSignalTable of the copy that was loaded first, perhaps this one; null when
// none can be found.
GetSignalTable FirstCopy();

// The table of this copy, which stays loaded from then on.
const SignalTable* OwnSignalTable();

}  // namespace rawloop

// The name that the mark leads to; its number is that of struct SignalTable.
extern "C" __attribute__((visibility("hidden"), used))
const rawloop::SignalTable*
rawloop_signal_table_1();

#endif  // RAWLOOP_PROCESS_SIGNAL_SHARING_H_
