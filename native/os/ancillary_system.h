// The part of ancillary.h in which kernels differ, for ancillary.cc alone. One
// file implements it for each of them, chosen by source list; the functions
// stand there in the order of this page:
//
//   ancillary_linux.cc    all of it, and UDP's segments
//   ancillary_darwin.cc   no credentials; nothing but the address is sent
//   ancillary_freebsd.cc  the address without the interface is sent, and TOS
//
#ifndef RAWLOOP_OS_ANCILLARY_SYSTEM_H_
#define RAWLOOP_OS_ANCILLARY_SYSTEM_H_

#include <cstddef>
#include <cstring>

#include "os/ancillary.h"

namespace rawloop {

// Descriptors for which there is always room: as many as a message can have,
// where a kernel installs them before it finds that they do not fit.
extern const size_t kFewestFds;

// A record's value, zeros where the record is shorter.
template <typename T>
T ValueOf(const ControlRecord& record) {
  T value{};
  memcpy(&value, record.data,
         record.size < sizeof(T) ? record.size : sizeof(T));
  return value;
}

// A number that is a byte or an int.
int NumberOf(const ControlRecord& record);

// Puts a record into its place. False: it has none.
bool ReadRecord(const ControlRecord& record, ReceivedControl* out);

// Each appends one record: 0, or -EOPNOTSUPP.
int AppendCredentials(const Credentials& credentials, ControlBytes* out);
// IPv4's.
int AppendPacketInfo(const PacketInfo& packet, ControlBytes* out);
int AppendTtl(int ttl, ControlBytes* out);
int AppendTos(int tos, ControlBytes* out);
// UDP's, of both families.
int AppendSegmentBytes(int bytes, ControlBytes* out);

}  // namespace rawloop

#endif  // RAWLOOP_OS_ANCILLARY_SYSTEM_H_
