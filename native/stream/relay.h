// The bytes of a crossing that move from stream to stream inside the kernel;
// see relay.cc, and relay_absent.cc for the systems where none do.
#ifndef RAWLOOP_STREAM_RELAY_H_
#define RAWLOOP_STREAM_RELAY_H_

#include <cstdint>

#include "poll/readiness.h"
#include "stream/batch.h"
#include "stream/layout.h"
#include "stream/relay_words.h"

namespace rawloop {

// Moves what has come for the flows among the records [from, to), and says
// kMoved of those of which there is nothing more to tell. `pipes` has a size of
// 1, or of 0 where there are no flows.
void MoveFlows(const Table<ReadyRecord>& ready, uint32_t from, uint32_t to,
               const Table<Slot>& slots, const Table<Flow>& flows,
               const Table<Pipes>& pipes, ReadResult* results);

}  // namespace rawloop

#endif  // RAWLOOP_STREAM_RELAY_H_
