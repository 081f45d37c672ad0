#include "process/signal_sharing.h"

#include <dlfcn.h>

namespace rawloop {

void StayLoaded() {
  Dl_info self;
  if (dladdr(reinterpret_cast<void*>(StayLoaded), &self) != 0) {
    dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  }
}

const SignalTable& SharedSignalTable() {
  static const SignalTable* const table = [] {
    const GetSignalTable get = FirstCopy();
    return get == nullptr ? OwnSignalTable() : get();
  }();
  return *table;
}

}  // namespace rawloop

const rawloop::SignalTable* rawloop_signal_table_1() {
  return rawloop::OwnSignalTable();
}
