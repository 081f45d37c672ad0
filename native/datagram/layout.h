// The words that C++ and TypeScript share where datagrams move: who sent or is
// to get one, what came, what is to be sent. lib/datagram/layout.ts has the
// same places; a test compares the two by what `native.datagramLayout()` says.
#ifndef RAWLOOP_DATAGRAM_LAYOUT_H_
#define RAWLOOP_DATAGRAM_LAYOUT_H_

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>

namespace rawloop {

// A socket address as the kernel has it. No family's is longer.
struct Peer {
  int32_t size;  // 0: none
  uint8_t name[124];

  sockaddr* address() { return reinterpret_cast<sockaddr*>(name); }
  const sockaddr* address() const {
    return reinterpret_cast<const sockaddr*>(name);
  }
};
static_assert(sizeof(Peer) == 128, "32 words");

// What is known of a datagram beside its bytes: bits of `known`.
enum Known : int32_t {
  kKnowsTtl = 1,
  kKnowsTos = 2,
  kKnowsSegment = 4,
  kKnowsTimestamp = 8,
  kKnowsLocal = 16,
  kKnowsCredentials = 32,
  kKnowsDescriptors = 64,
};

// What it is: bits of `flags`.
enum ArrivalFlag : int32_t {
  kTruncated = 1,   // the datagram was longer
  kControlCut = 2,  // what came beside it was more
  kIsError = 4,     // no datagram: an error, of one that was sent to `from`
  kFromQueue = 8,   // of the error queue
};

// The ancillary data of a datagram, in either direction.
struct Ancillary {
  int32_t known;
  int32_t ttl;
  int32_t tos;
  int32_t segment_bytes;
  int64_t timestamp_ns;  // since 1970
  int32_t interface;
  int32_t local_family;    // 4, 6 or 0: none
  int32_t local[4];        // our address, as it stands on the wire
  int32_t destination[4];  // what the packet says: a group's, perhaps
  int32_t pid;
  int32_t uid;
  int32_t gid;
  int32_t descriptors;  // how many
  int32_t earlier;      // of one sent by itself: see sendDatagram
  int32_t unused;
};
static_assert(sizeof(Ancillary) == 88, "22 words");

// One for each datagram of a batch.
struct Arrival {
  int32_t offset;  // in the slab
  int32_t length;
  int32_t flags;
  int32_t error;  // of kIsError: a positive errno
  Ancillary ancillary;
  Peer from;
  int32_t unused[2];
};
static_assert(sizeof(Arrival) == 240, "60 words");

// One for each datagram that is to be sent. Those of one socket are a chain.
struct Departure {
  int32_t fd;  // -1: not the head of a chain
  int32_t slot;
  int32_t generation;
  int32_t next;    // index of the next of the chain, 0: none
  int32_t peer;    // index in the table of peers, -1: where it is connected to
  int32_t offset;  // in the bytes that go out
  int32_t length;
  int32_t result;   // bytes sent, -errno, or kNotSent
  int32_t earlier;  // an errno that was told here, of an earlier datagram; 0
  int32_t unused;
};
static_assert(sizeof(Departure) == 40, "10 words");

constexpr int32_t kNotSent = INT32_MIN;

// The fourth word of a slot whose handle is a datagram socket: its kind in the
// low bits, then how it reads.
enum Mode : uint32_t {
  kWithAncillary = 1U << 4,
  kHasErrorQueue = 1U << 5,
  kErrorsOnly = 1U << 6,  // paused
  kTakesDescriptors = 1U << 7,
};
// Native code's own: how many came at a time lately.
constexpr uint32_t kPaceShift = 8;
constexpr uint32_t kPaceMask = 0xff;
// The longest datagram that is taken whole, in units of 64 bytes.
constexpr uint32_t kUnitsShift = 16;
constexpr size_t kUnitBytes = 64;

}  // namespace rawloop

#endif  // RAWLOOP_DATAGRAM_LAYOUT_H_
