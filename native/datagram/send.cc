// What callbacks have sent: a sendto(2) where it is one datagram of a socket, a
// sendmmsg(2) for each 32 where there are more. See the header.
#include "datagram/send.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

#include "core/retried.h"
#include "os/many.h"
#include "os/opening.h"
#include "os/transfer.h"

namespace rawloop {
namespace {

constexpr size_t kMaxDatagrams = 32;

// The chain that is sent: its records by index.
struct Chain {
  Departure* records;
  const Peer* peers;
  uint8_t* out;

  const Peer* PeerOf(const Departure& record) const {
    return record.peer < 0 ? nullptr : &peers[record.peer];
  }
};

void SendOne(const Chain& chain, int fd, Departure* record) {
  const Peer* peer = chain.PeerOf(*record);
  const sockaddr* name = peer == nullptr ? nullptr : peer->address();
  auto size = static_cast<socklen_t>(peer == nullptr ? 0 : peer->size);
  ssize_t sent = Retried([&] {
    return SendToNow(fd, chain.out + record->offset,
                     static_cast<size_t>(record->length), kSendFlags, name,
                     size);
  });
  record->result = OrErrno(sent);
}

// Again, if what was told may have been of an earlier one.
void Retry(const Chain& chain, int fd, Departure* record) {
  int error = -record->result;
  if (!MayBeEarlier(error)) return;
  SendOne(chain, fd, record);
  if (record->result != -error) record->earlier = error;
}

// Sends the records of `indexes`, in order. False when those that follow have
// to wait.
bool SendSeveral(const Chain& chain, int fd, const int32_t* indexes,
                 size_t count) {
  ManyMessage messages[kMaxDatagrams];
  iovec parts[kMaxDatagrams];
  for (size_t i = 0; i < count; i++) {
    const Departure& record = chain.records[indexes[i]];
    const Peer* peer = chain.PeerOf(record);
    parts[i] = {chain.out + record.offset, static_cast<size_t>(record.length)};
    msghdr header{};
    if (peer != nullptr) {
      header.msg_name = const_cast<uint8_t*>(peer->name);
      header.msg_namelen = static_cast<socklen_t>(peer->size);
    }
    header.msg_iov = &parts[i];
    header.msg_iovlen = 1;
    messages[i] = {header, 0};
  }
  for (size_t from = 0; from < count;) {
    int sent = SendMany(fd, messages + from,
                        static_cast<unsigned int>(count - from), 0);
    int error = sent < 0 ? errno : 0;
    for (int i = 0; i < sent; i++) {
      chain.records[indexes[from + i]].result =
          static_cast<int32_t>(messages[from + i].length);
    }
    if (error == 0) {
      from += static_cast<size_t>(sent);
      continue;
    }
    Departure* refused = &chain.records[indexes[from]];
    refused->result = -error;
    if (IsForNow(error)) return false;
    Retry(chain, fd, refused);
    if (refused->result < 0 && IsForNow(-refused->result)) return false;
    from++;
  }
  return true;
}

void SendChain(const Chain& chain, int32_t head) {
  int fd = chain.records[head].fd;
  if (chain.records[head].next == 0) {
    SendOne(chain, fd, &chain.records[head]);
    if (chain.records[head].result < 0) Retry(chain, fd, &chain.records[head]);
    return;
  }
  int32_t indexes[kMaxDatagrams];
  bool goes_on = true;
  for (int32_t index = head; goes_on;) {
    size_t count = 0;
    do {
      indexes[count++] = index;
      index = chain.records[index].next;
    } while (index != 0 && count < kMaxDatagrams);
    goes_on = SendSeveral(chain, fd, indexes, count) && index != 0;
  }
}

// The records come from our own TypeScript, but memory is never touched on the
// word of a number: every link and range is checked.
bool AreSound(const Table<Departure>& departures, const Table<Peer>& peers,
              const Table<Slot>& slots, const Span& out) {
  for (size_t i = 0; i < departures.size; i++) {
    const Departure& record = departures.data[i];
    bool in_memory =
        record.offset >= 0 && record.length >= 0 &&
        static_cast<size_t>(record.offset) + record.length <= out.size;
    bool forward = record.next == 0 ||
                   (record.next > static_cast<int32_t>(i) &&
                    static_cast<size_t>(record.next) < departures.size);
    bool has_slot =
        record.slot >= 0 && static_cast<size_t>(record.slot) < slots.size;
    bool has_peer =
        record.peer < 0 || (static_cast<size_t>(record.peer) < peers.size &&
                            peers.data[record.peer].size >= 0 &&
                            static_cast<size_t>(peers.data[record.peer].size) <=
                                sizeof(Peer::name));
    if (!in_memory || !forward || !has_slot || !has_peer) return false;
  }
  return true;
}

}  // namespace

bool IsForNow(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS ||
         error == ENOMEM;
}

bool MayBeEarlier(int error) {
  return error == ECONNREFUSED || error == EHOSTUNREACH ||
         error == ENETUNREACH || error == EMSGSIZE || error == EPROTO ||
         error == EHOSTDOWN || error == ENOPROTOOPT || error == EACCES ||
         error == EOPNOTSUPP;
}

int32_t SendDepartures(const Table<Departure>& departures,
                       const Table<Peer>& peers, const Table<Slot>& slots,
                       const Span& out) {
  if (!AreSound(departures, peers, slots, out)) return -1;
  Chain chain{departures.data, peers.data, out.data};
  for (size_t i = 0; i < departures.size; i++) {
    Departure& record = departures.data[i];
    if (record.fd < 0) continue;
    SendChain(chain, static_cast<int32_t>(i));
    slots.data[record.slot].last_record = 0;
  }
  int32_t unsent = 0;
  for (size_t i = 0; i < departures.size; i++) {
    const Departure& record = departures.data[i];
    if (record.result < 0 || record.earlier != 0) unsent++;
  }
  return unsent;
}

}  // namespace rawloop
