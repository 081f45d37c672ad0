// What comes beside a datagram, and goes with one: between the kernel's control
// messages and the words of layout.h. One file implements it for each kind of
// kernel, chosen by source list: control_linux.cc, control_bsd.cc. See cmsg(3).
#ifndef RAWLOOP_DATAGRAM_CONTROL_H_
#define RAWLOOP_DATAGRAM_CONTROL_H_

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>

#include "datagram/layout.h"

namespace rawloop {

// More than Linux passes in one message (SCM_MAX_FD).
constexpr size_t kMaxDescriptors = 253;
// Room for the descriptors of a message, and for all else that may come.
constexpr size_t kControlBytes = 1536;

// Where the descriptors of arrivals are put.
struct DescriptorSpace {
  int32_t* data;
  size_t size;
  size_t used;
};

// Reads what came beside a datagram. What is no number of ours is left out; a
// descriptor for which there is no room is closed, and `*cut` set.
void ReadControl(const msghdr& message, Ancillary* out, DescriptorSpace* space,
                 bool* cut);

// What of `ancillary` a datagram can be sent with, as control messages. The
// size; 0: none, or no room for them.
size_t WriteControl(const Ancillary& ancillary, const int32_t* descriptors,
                    uint8_t* buffer, size_t size);

// Takes the oldest entry of the error queue: 1, and what it tells of which
// address; 0: it tells of no failure; -1: there is none, or there is no such
// queue. See IP_RECVERR in ip(7).
int TakeError(int fd, Arrival* out);

}  // namespace rawloop

#endif  // RAWLOOP_DATAGRAM_CONTROL_H_
