// How copies of the addon find each other: all share the table of the one that
// was loaded first. A host opens each copy for itself alone, so no copy sees
// the names of another in the usual way. What the system must supply, chosen by
// source list:
//
//   signal_sharing_elf.cc     Linux and the BSDs: dl_iterate_phdr(3)
//   signal_sharing_darwin.cc  macOS: dyld(3)
#ifndef RAWLOOP_SIGNAL_SHARING_H_
#define RAWLOOP_SIGNAL_SHARING_H_

#include <string>
#include <vector>

#include "signal_table.h"

namespace rawloop {

// The paths of what is loaded in this process, in the order of loading.
std::vector<std::string> LoadedObjects();

// The table of this copy.
const SignalTable* OwnSignalTable();

// Keeps this copy loaded to the end of the process: handlers of signals and of
// fork(2) point into it. Idempotent.
void StayLoaded();

}  // namespace rawloop

#endif  // RAWLOOP_SIGNAL_SHARING_H_
