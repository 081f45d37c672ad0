// What comes beside a datagram, and goes with one: between the structs of
// os/ancillary.h and the words of layout.h; and what the kernel keeps of
// datagrams that did not arrive. See cmsg(3).
#ifndef RAWLOOP_DATAGRAM_CONTROL_H_
#define RAWLOOP_DATAGRAM_CONTROL_H_

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>

#include "datagram/layout.h"
#include "os/ancillary.h"
#include "stream/unix_read.h"

namespace rawloop {

// Reads what came beside a datagram; descriptors are the environment's from
// here on. True when something of it is lost.
bool ReadControl(const msghdr& message, size_t max_fds, Ancillary* out,
                 PassedTable* passed);

// What of `ancillary` a datagram can be sent with. 0 or -errno.
int WriteControl(const Ancillary& ancillary, const int32_t* descriptors,
                 ControlBytes* out);

// Takes the oldest entry of the error queue: 1, and what it tells of which
// address; 0: it tells of no failure; -1: there is none, or there is no such
// queue. One file for each kind of kernel: error_queue_linux.cc,
// error_queue_absent.cc. See IP_RECVERR in ip(7).
int TakeError(int fd, Arrival* out);

}  // namespace rawloop

#endif  // RAWLOOP_DATAGRAM_CONTROL_H_
