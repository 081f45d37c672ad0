// What TypeScript asks of datagrams beside the crossing: an address as the
// kernel has it, from an object and back, and one datagram sent by itself, with
// what goes beside it. See sendmsg(2).
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "calls/address.h"
#include "core/args.h"
#include "core/module.h"
#include "datagram/control.h"
#include "datagram/layout.h"
#include "datagram/send.h"
#include "os/opening.h"

namespace rawloop {
namespace {

// Arguments `index` and `index` + 1: the table of peers, and one of them. -1 is
// none, where `out` is null then.
bool ReadPeer(const Args& args, size_t index, Peer** out) {
  int32_t place;
  Span span;
  if (!args.Integer(index + 1, "index", &place, -1) ||
      !args.Memory(index, &span, "peers")) {
    return false;
  }
  *out = nullptr;
  if (place < 0) return true;
  if (static_cast<size_t>(place) >= span.size / sizeof(Peer)) {
    ThrowRange(args.env(), "index", "of one of the peers");
    return false;
  }
  *out = reinterpret_cast<Peer*>(span.data) + place;
  return true;
}

size_t SizeOf(const Peer& peer) {
  return std::min(static_cast<size_t>(std::max(peer.size, 0)),
                  sizeof(peer.name));
}

// writePeer(peers, index, address): puts an address there. 0, or -errno where
// its text is none (-EINVAL) or too long (-ENAMETOOLONG).
napi_value WritePeer(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Address address;
  // It may run a getter: memory comes last.
  int error = ReadAddress(env, args.at(2), &address);
  if (error > 0) return nullptr;
  if (error < 0) return Int(env, error);
  if (address.size > sizeof(Peer::name)) return Int(env, -ENAMETOOLONG);
  Peer* peer;
  if (!ReadPeer(args, 0, &peer)) return nullptr;
  if (peer == nullptr) return Int(env, -EINVAL);
  memset(peer->name, 0, sizeof(peer->name));
  memcpy(peer->name, address.get(), address.size);
  peer->size = static_cast<int32_t>(address.size);
  return Int(env, 0);
}

// readPeer(peers, index): the address there; undefined: none.
napi_value ReadPeerAt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Peer* peer;
  if (!ReadPeer(args, 0, &peer)) return nullptr;
  if (peer == nullptr) return Undefined(env);
  // Its own alignment is a word's: WriteAddress reads through a sockaddr.
  Address address;
  auto size = static_cast<socklen_t>(SizeOf(*peer));
  memcpy(&address.storage, peer->name, size);
  return WriteAddress(env, address.get(), size);
}

struct Sending {
  int fd;
  Span bytes;
  const Peer* peer;
  Ancillary* ancillary;
  const int32_t* descriptors;
};

int32_t SendWith(const Sending& sending) {
  ControlBytes control;
  const Ancillary& ancillary = *sending.ancillary;
  iovec part{sending.bytes.data, sending.bytes.size};
  msghdr message{};
  if (sending.peer != nullptr) {
    message.msg_name = const_cast<uint8_t*>(sending.peer->name);
    message.msg_namelen = static_cast<socklen_t>(SizeOf(*sending.peer));
  }
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (ancillary.known != 0) {
    int error = WriteControl(ancillary, sending.descriptors, &control);
    if (error < 0) return error;
    control.Attach(&message);
  }
  ssize_t sent;
  do {
    sent = sendmsg(sending.fd, &message, kSendFlags | MSG_DONTWAIT);
  } while (sent < 0 && errno == EINTR);
  return OrErrno(sent);
}

// sendDatagram(fd, peers, index, ancillary, bytes): sends one, with what the
// words of `ancillary` say, behind which its descriptors stand. Bytes sent or
// -errno; the last of those words is the errno of an earlier datagram that was
// told meanwhile, or 0.
napi_value SendDatagram(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Sending sending{};
  Peer* peer;
  Span words;
  if (!args.Descriptor(0, &sending.fd) || !ReadPeer(args, 1, &peer) ||
      !args.Memory(3, &words, "ancillary") ||
      !args.Memory(4, &sending.bytes, "bytes") ||
      !IsAttached(env, args.at(4), sending.bytes, "bytes")) {
    return nullptr;
  }
  if (words.size < sizeof(Ancillary)) {
    ThrowRange(env, "ancillary", "22 words of 32 bits, and its descriptors");
    return nullptr;
  }
  sending.peer = peer;
  sending.ancillary = reinterpret_cast<Ancillary*>(words.data);
  sending.descriptors =
      reinterpret_cast<int32_t*>(words.data + sizeof(Ancillary));
  size_t room = (words.size - sizeof(Ancillary)) / sizeof(int32_t);
  int32_t count = sending.ancillary->descriptors;
  if ((sending.ancillary->known & kKnowsDescriptors) != 0 &&
      (count < 0 ||
       static_cast<size_t>(count) > std::min(room, kMaxPassedFds))) {
    ThrowRange(env, "ancillary", "words with at most 253 descriptors");
    return nullptr;
  }
  sending.ancillary->unused = 0;
  int32_t result = SendWith(sending);
  if (result < 0 && MayBeEarlier(-result)) {
    int32_t again = SendWith(sending);
    if (again != result) sending.ancillary->unused = -result;
    result = again;
  }
  return Int(env, result);
}

struct Word {
  const char* name;
  int64_t value;
};

// datagramLayout(): where each word stands, for the test that compares it with
// lib/datagram/layout.ts. In words.
napi_value DatagramLayout(napi_env env, napi_callback_info /*info*/) {
  napi_value words;
  napi_create_object(env, &words);
  constexpr size_t kWord = sizeof(int32_t);
  const Word all[] = {
      {"PEER_WORDS", sizeof(Peer) / kWord},
      {"PEER_SIZE", offsetof(Peer, size) / kWord},
      {"PEER_NAME", offsetof(Peer, name) / kWord},
      {"ANCILLARY_WORDS", sizeof(Ancillary) / kWord},
      {"KNOWN", offsetof(Ancillary, known) / kWord},
      {"TTL", offsetof(Ancillary, ttl) / kWord},
      {"TOS", offsetof(Ancillary, tos) / kWord},
      {"SEGMENT_BYTES", offsetof(Ancillary, segment_bytes) / kWord},
      {"TIMESTAMP_NS", offsetof(Ancillary, timestamp_ns) / kWord},
      {"INTERFACE", offsetof(Ancillary, interface) / kWord},
      {"LOCAL_FAMILY", offsetof(Ancillary, local_family) / kWord},
      {"LOCAL", offsetof(Ancillary, local) / kWord},
      {"DESTINATION", offsetof(Ancillary, destination) / kWord},
      {"PID", offsetof(Ancillary, pid) / kWord},
      {"UID", offsetof(Ancillary, uid) / kWord},
      {"GID", offsetof(Ancillary, gid) / kWord},
      {"DESCRIPTORS", offsetof(Ancillary, descriptors) / kWord},
      {"FIRST_DESCRIPTOR", offsetof(Ancillary, first_descriptor) / kWord},
      {"EARLIER_OF_ONE", offsetof(Ancillary, unused) / kWord},
      {"ARRIVAL_WORDS", sizeof(Arrival) / kWord},
      {"ARRIVAL_OFFSET", offsetof(Arrival, offset) / kWord},
      {"ARRIVAL_LENGTH", offsetof(Arrival, length) / kWord},
      {"ARRIVAL_FLAGS", offsetof(Arrival, flags) / kWord},
      {"ARRIVAL_ERROR", offsetof(Arrival, error) / kWord},
      {"ARRIVAL_ANCILLARY", offsetof(Arrival, ancillary) / kWord},
      {"ARRIVAL_FROM", offsetof(Arrival, from) / kWord},
      {"DEPARTURE_WORDS", sizeof(Departure) / kWord},
      {"DEPARTURE_FD", offsetof(Departure, fd) / kWord},
      {"DEPARTURE_SLOT", offsetof(Departure, slot) / kWord},
      {"DEPARTURE_GENERATION", offsetof(Departure, generation) / kWord},
      {"DEPARTURE_NEXT", offsetof(Departure, next) / kWord},
      {"DEPARTURE_PEER", offsetof(Departure, peer) / kWord},
      {"DEPARTURE_OFFSET", offsetof(Departure, offset) / kWord},
      {"DEPARTURE_LENGTH", offsetof(Departure, length) / kWord},
      {"DEPARTURE_RESULT", offsetof(Departure, result) / kWord},
      {"DEPARTURE_EARLIER", offsetof(Departure, earlier) / kWord},
      {"MAX_DESCRIPTORS", kMaxPassedFds},
      {"Known.TTL", kKnowsTtl},
      {"Known.TOS", kKnowsTos},
      {"Known.SEGMENT", kKnowsSegment},
      {"Known.TIMESTAMP", kKnowsTimestamp},
      {"Known.LOCAL", kKnowsLocal},
      {"Known.CREDENTIALS", kKnowsCredentials},
      {"Known.DESCRIPTORS", kKnowsDescriptors},
      {"Flag.TRUNCATED", kTruncated},
      {"Flag.CONTROL_CUT", kControlCut},
      {"Flag.IS_ERROR", kIsError},
      {"Flag.FROM_QUEUE", kFromQueue},
      {"Mode.WITH_ANCILLARY", kWithAncillary},
      {"Mode.HAS_ERROR_QUEUE", kHasErrorQueue},
      {"Mode.ERRORS_ONLY", kErrorsOnly},
      {"Mode.TAKES_DESCRIPTORS", kTakesDescriptors},
      {"UNITS_SHIFT", kUnitsShift},
      {"UNIT_BYTES", kUnitBytes},
      {"NOT_SENT", kNotSent},
  };
  for (const Word& word : all) {
    Define(env, words, word.name, Int(env, static_cast<int32_t>(word.value)));
  }
  return words;
}

void RegisterDatagrams(napi_env env, napi_value exports) {
  const Function functions[] = {{"writePeer", Guarded<WritePeer>},
                                {"readPeer", Guarded<ReadPeerAt>},
                                {"sendDatagram", Guarded<SendDatagram>},
                                {"datagramLayout", Guarded<DatagramLayout>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterDatagrams);

}  // namespace
}  // namespace rawloop
