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
#include "core/retried.h"
#include "datagram/control.h"
#include "datagram/layout.h"
#include "datagram/send.h"
#include "os/opening.h"

namespace rawloop {
namespace {

// Arguments `index` and `index` + 1: the table of peers, and one of them, whose
// memory is `out`; null: -1, none.
bool FindPeer(const Args& args, size_t index, uint8_t** out) {
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
  *out = span.data + static_cast<size_t>(place) * sizeof(Peer);
  return true;
}

// A copy: the memory may be another's, and begin anywhere.
Address AddressAt(const uint8_t* memory) {
  Peer peer;
  memcpy(&peer, memory, sizeof(peer));
  Address address;
  size_t size =
      std::min(static_cast<size_t>(std::max(peer.size, 0)), sizeof(peer.name));
  memcpy(&address.storage, peer.name, size);
  address.size = static_cast<socklen_t>(size);
  return address;
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
  uint8_t* memory;
  if (!FindPeer(args, 0, &memory)) return nullptr;
  if (memory == nullptr) return Int(env, -EINVAL);
  Peer peer{};
  memcpy(peer.name, address.get(), address.size);
  peer.size = static_cast<int32_t>(address.size);
  memcpy(memory, &peer, sizeof(peer));
  return Int(env, 0);
}

// readPeer(peers, index): the address there; undefined: none.
napi_value ReadPeerAt(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint8_t* memory;
  if (!FindPeer(args, 0, &memory)) return nullptr;
  if (memory == nullptr) return Undefined(env);
  Address address = AddressAt(memory);
  return WriteAddress(env, address.get(), address.size);
}

struct Sending {
  int fd;
  Span bytes;
  bool has_peer;
  Address peer;
  Ancillary ancillary;
  int32_t descriptors[kMaxPassedFds];
};

int32_t SendWith(Sending& sending) {
  ControlBytes control;
  const Ancillary& ancillary = sending.ancillary;
  iovec part{sending.bytes.data, sending.bytes.size};
  msghdr message{};
  if (sending.has_peer) {
    message.msg_name = sending.peer.get();
    message.msg_namelen = sending.peer.size;
  }
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (ancillary.known != 0) {
    int error = WriteControl(ancillary, sending.descriptors, &control);
    if (error < 0) return error;
    control.Attach(&message);
  }
  ssize_t sent = Retried(
      [&] { return sendmsg(sending.fd, &message, kSendFlags | MSG_DONTWAIT); });
  return OrErrno(sent);
}

// sendDatagram(fd, peers, index, ancillary, bytes): sends one, with what the
// words of `ancillary` say, behind which its descriptors stand. Bytes sent or
// -errno; `earlier` of those words is the errno of an earlier datagram that was
// told meanwhile, or 0.
napi_value SendDatagram(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Sending sending{};
  uint8_t* peer;
  Span words;
  if (!args.Descriptor(0, &sending.fd) || !FindPeer(args, 1, &peer) ||
      !args.Memory(3, &words, "ancillary") ||
      !args.Memory(4, &sending.bytes, "bytes") ||
      !IsAttached(env, args.at(4), sending.bytes, "bytes")) {
    return nullptr;
  }
  if (words.size < sizeof(Ancillary)) {
    ThrowRange(env, "ancillary", "22 words of 32 bits, and its descriptors");
    return nullptr;
  }
  sending.has_peer = peer != nullptr;
  if (sending.has_peer) sending.peer = AddressAt(peer);
  memcpy(&sending.ancillary, words.data, sizeof(Ancillary));
  size_t room = std::min((words.size - sizeof(Ancillary)) / sizeof(int32_t),
                         kMaxPassedFds);
  bool passes = (sending.ancillary.known & kKnowsDescriptors) != 0;
  int32_t count = passes ? sending.ancillary.descriptors : 0;
  if (count < 0 || static_cast<size_t>(count) > room) {
    ThrowRange(env, "ancillary", "words with at most 253 descriptors");
    return nullptr;
  }
  memcpy(sending.descriptors, words.data + sizeof(Ancillary),
         static_cast<size_t>(count) * sizeof(int32_t));
  int32_t earlier = 0;
  int32_t result = SendWith(sending);
  if (result < 0 && MayBeEarlier(-result)) {
    int32_t again = SendWith(sending);
    if (again != result) earlier = -result;
    result = again;
  }
  memcpy(words.data + offsetof(Ancillary, earlier), &earlier, sizeof(earlier));
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
      {"EARLIER_OF_ONE", offsetof(Ancillary, earlier) / kWord},
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
