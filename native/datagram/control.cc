// See the header.
#include "datagram/control.h"

#include <cstring>

namespace rawloop {
namespace {

void ReadPacket(const PacketInfo& packet, Ancillary* out) {
  if (packet.family == AF_UNSPEC) return;
  out->known |= kKnowsLocal;
  out->interface = static_cast<int32_t>(packet.interface_index);
  out->local_family = packet.family == AF_INET6 ? 6 : 4;
  memcpy(out->local, packet.local, sizeof(out->local));
  memcpy(out->destination, packet.address, sizeof(out->destination));
}

bool TakeDescriptors(ReceivedFds* from, Ancillary* out, PassedTable* passed) {
  bool lost = false;
  for (size_t i = 0; i < from->size(); i++) {
    int fd = passed->owned->Opened(from->Take(i));
    lost = lost || fd < 0;
    if (fd < 0) continue;
    passed->numbers[passed->count++] = fd;
    out->descriptors++;
  }
  if (out->descriptors > 0) out->known |= kKnowsDescriptors;
  return lost;
}

}  // namespace

bool ReadControl(const msghdr& message, size_t max_fds, Ancillary* out,
                 PassedTable* passed) {
  ReceivedControl control;
  ParseControl(message, max_fds, &control);
  if (control.ttl >= 0) out->known |= kKnowsTtl;
  out->ttl = control.ttl;
  if (control.tos >= 0) out->known |= kKnowsTos;
  out->tos = control.tos;
  if (control.segment_bytes > 0) out->known |= kKnowsSegment;
  out->segment_bytes = control.segment_bytes;
  if (control.timestamp_ns >= 0) out->known |= kKnowsTimestamp;
  out->timestamp_ns = control.timestamp_ns;
  ReadPacket(control.packet, out);
  if (control.credentials) {
    out->known |= kKnowsCredentials;
    out->pid = control.credentials->pid;
    out->uid = static_cast<int32_t>(control.credentials->uid);
    out->gid = static_cast<int32_t>(control.credentials->gid);
  }
  bool lost = TakeDescriptors(&control.fds, out, passed);
  return lost || control.is_truncated;
}

int WriteControl(const Ancillary& from, const int32_t* descriptors,
                 ControlBytes* out) {
  ControlToSend what;
  what.family = from.local_family == 6 ? AF_INET6 : AF_INET;
  if ((from.known & kKnowsLocal) != 0) {
    what.packet.family = what.family;
    what.packet.interface_index = static_cast<uint32_t>(from.interface);
    memcpy(what.packet.local, from.local, sizeof(from.local));
  }
  if ((from.known & kKnowsTtl) != 0) what.ttl = from.ttl;
  if ((from.known & kKnowsTos) != 0) what.tos = from.tos;
  if ((from.known & kKnowsSegment) != 0) {
    what.segment_bytes = from.segment_bytes;
  }
  if ((from.known & kKnowsDescriptors) != 0) {
    what.fds = descriptors;
    what.fd_count = static_cast<size_t>(from.descriptors);
  }
  return BuildControl(what, out);
}

}  // namespace rawloop
