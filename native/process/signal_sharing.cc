#include "process/signal_sharing.h"

namespace rawloop {

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
