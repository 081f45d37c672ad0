// What a crossing reads of a datagram socket; see receive.cc.
#ifndef RAWLOOP_DATAGRAM_RECEIVE_H_
#define RAWLOOP_DATAGRAM_RECEIVE_H_

#include <cstddef>
#include <cstdint>

#include "core/args.h"
#include "datagram/control.h"
#include "datagram/layout.h"
#include "stream/layout.h"
#include "stream/unix_read.h"

namespace rawloop {

// Where the datagrams of a batch are put.
struct Arrivals {
  Arrival* data;
  size_t size;
  size_t used;
};

// Receives what waits at `slot`, at most 32 datagrams and 32 errors, into the
// slab from `*used` on. Fills all words of `out`. False, with nothing received,
// when there is no room left for one.
bool ReceiveDatagrams(Slot* slot, uint32_t events, const Span& slab,
                      size_t* used, Arrivals* arrivals, PassedTable* passed,
                      ReadResult* out);

}  // namespace rawloop

#endif  // RAWLOOP_DATAGRAM_RECEIVE_H_
