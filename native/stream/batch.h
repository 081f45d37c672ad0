// The reads and the sends of a crossing; see batch.cc.
#ifndef RAWLOOP_STREAM_BATCH_H_
#define RAWLOOP_STREAM_BATCH_H_

#include <cstddef>
#include <cstdint>

#include "core/args.h"
#include "datagram/receive.h"
#include "poll/readiness.h"
#include "stream/layout.h"
#include "stream/unix_read.h"

namespace rawloop {

template <typename T>
struct Table {
  T* data;
  size_t size;
};

// Reads once from each stream among the records [from, count), and what waits
// of datagrams, until the slab has no room for more, or `passed` is full.
// Returns the index of the first record that was not looked at.
uint32_t ReadAll(const Table<ReadyRecord>& ready, uint32_t from, uint32_t count,
                 const Table<Slot>& slots, const Span& slab, Arrivals* arrivals,
                 PassedTable* passed, ReadResult* results);

// Sends every chain of the records, leaves each head's result in it and clears
// the slots' marks. Returns how many chains were not sent whole; -1, with
// nothing sent, when a record leads out of the tables.
int32_t SendAll(const Table<SendRecord>& records, const Table<Slot>& slots,
                const Span& out);

}  // namespace rawloop

#endif  // RAWLOOP_STREAM_BATCH_H_
