// Sockets whose messages keep their bounds (SOCK_SEQPACKET): what a read would
// find. One file implements it for each kind of system, chosen by source list:
//
//   records_linux.cc  Linux
//   records_bsd.cc    the BSDs; macOS has no such sockets
//
// See recv(2), unix(7).
#ifndef RAWLOOP_OS_RECORDS_H_
#define RAWLOOP_OS_RECORDS_H_

#include <cstdint>

namespace rawloop {

// How much room the next record takes at most; 0: it has no bytes, or the end
// is next. -errno: -EAGAIN, there is none.
int64_t NextRecordBytes(int fd);
// Whether a read of nothing was the end, and no record of no bytes: 1 or 0;
// -errno: the kernel does not say.
int RecordsEnded(int fd);

}  // namespace rawloop

#endif  // RAWLOOP_OS_RECORDS_H_
