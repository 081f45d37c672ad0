// The words that C++ and TypeScript share where bytes of streams move: for each
// handle of a loop, for each read, for each send, and for the crossing itself.
// lib/loop/layout.ts has the same places; a test compares the two by what
// `native.layout()` says.
#ifndef RAWLOOP_STREAM_LAYOUT_H_
#define RAWLOOP_STREAM_LAYOUT_H_

#include <cstddef>
#include <cstdint>

namespace rawloop {

// How the bytes of a stream move.
enum class Transfer : int32_t {
  kSocket = 0,   // recv(2), send(2), sendmsg(2)
  kFile = 1,     // read(2), write(2), writev(2): O_NONBLOCK is set
  kUnix = 2,     // recvmsg(2), send(2), sendmsg(2): descriptors may come along
  kRecords = 3,  // the same, and a send or a read is one record
  // As kFile, without O_NONBLOCK: see shared.h.
  kSharedPipe = 4,
  kSharedTerminal = 5,
  kSharedDevice = 6,
  // recvfrom(2), recvmmsg(2); see datagram/layout.h for the word's other bits.
  kDatagram = 7,
};

// One for each handle: the slot table.
struct Slot {
  // -1: nothing is to be read; below: a flow, see relay_words.h.
  int32_t read_fd;
  uint32_t generation;
  int32_t last_record;  // its last send record plus one, 0: none
  int32_t transfer;     // of its reads
};
static_assert(sizeof(Slot) == 16, "four words");

// The bits of `transfer` that say which it is.
constexpr int32_t kTransferMask = 0xf;

// One for each ready record of a wait.
struct ReadResult {
  // Bytes, 0: the end, -errno, or one of those below. Of datagrams: how many.
  int32_t result;
  int32_t offset;        // where in the slab; of datagrams: the first of them
  int32_t first_passed;  // of its descriptors in the table, if there are any
  int32_t passed;        // how many came, and kPassedTruncated
};
static_assert(sizeof(ReadResult) == 16, "four words");

constexpr int32_t kNotRead = INT32_MIN;
constexpr int32_t kEmptyRecord = INT32_MIN + 1;
// A record that the slab has no room for; its size as the offset.
constexpr int32_t kLargeRecord = INT32_MIN + 2;
// What came has gone to another stream, and there is nothing to tell.
constexpr int32_t kMoved = INT32_MIN + 3;

// How many descriptors one fill may bring: numbers behind the results.
constexpr uint32_t kMaxPassed = 512;
// Set in `passed`: some were lost.
constexpr int32_t kPassedTruncated = 1 << 16;

// A chain of records is one stream's output of this turn, in order.
struct SendRecord {
  int32_t fd;  // -1: not the head of a chain
  int32_t offset;
  int32_t length;
  int32_t next;    // index of the next record of the chain, 0: none
  int32_t result;  // of a head: its Transfer, then bytes sent or -errno
  int32_t slot;
  int32_t generation;
  int32_t total;  // of a head: bytes in the chain
};
static_assert(sizeof(SendRecord) == 32, "eight words");

// What one crossing is to do, and what it did. In the order in which it does
// it: sends, waits, reads.
struct Control {
  double timeout_ns;  // -1: for ever. After -EINTR: what is left of it
  double waited_ns;   // how long the wait lasted, if it was timed
  int32_t sends;      // how many send records there are; 0 afterwards
  int32_t unsent;     // how many chains did not go out whole: then no wait
  int32_t backend;    // one of Backend
  int32_t poller;     // its descriptor
  int32_t registered;
  int32_t timed;  // whether the wait is timed
  int32_t
      count;  // of ready records: found, or given where nothing is waited for
  int32_t reads;      // whether there is anybody to read for
  int32_t filled;     // records [from, filled) are read; in: from
  int32_t own;        // bits of Own: what the wait found for the poller itself
  int32_t spin_us;    // for how long to ask before the kernel is to wait
  int32_t datagrams;  // how many are to be sent; 0 afterwards
  int32_t refused;    // how many of them did not go out, or told of an error
  int32_t unused;
};
static_assert(sizeof(Control) == 72, "two doubles and fourteen words");

enum Backend : int32_t { kNoWait = 0, kEpoll = 1, kKqueue = 2 };

// Which memory `keep` replaces.
enum Kept : uint32_t {
  kSlots,
  kSlab,
  kRecords,
  kOut,
  kArrivals,
  kPeers,
  kDepartures,
  kDatagramOut,
  kFlows,
  kPipes,
  kKinds,
};

enum Own : int32_t {
  kWoken = 1,  // the waker
  kTold = 2,   // the doorbell of files that tell of a change once
};

}  // namespace rawloop

#endif  // RAWLOOP_STREAM_LAYOUT_H_
