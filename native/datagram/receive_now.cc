// What waits at one socket of datagrams, received by a call of its own: for who
// waits for its descriptor beside the loops' crossings. See recvmmsg(2).
#include <algorithm>
#include <cstring>

#include "core/args.h"
#include "core/module.h"
#include "datagram/layout.h"
#include "datagram/receive.h"

namespace rawloop {
namespace {

// receiveDatagrams(fd, pace, bytes, arrivals): how many came, errors counted
// in. `pace` is a word that belongs to the socket: how many came at a time
// lately. Datagrams are put into `bytes`, what is to be known of them into
// `arrivals`; descriptors that come with them are closed by the kernel.
napi_value ReceiveDatagramsNow(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Span pace;
  Span bytes;
  Span records;
  if (!args.Descriptor(0, &fd) || !args.Memory(1, &pace, "pace") ||
      !args.Memory(2, &bytes, "bytes") ||
      !args.Memory(3, &records, "arrivals")) {
    return nullptr;
  }
  bool is_aligned =
      reinterpret_cast<uintptr_t>(records.data) % alignof(Arrival) == 0;
  if (pace.size < sizeof(int32_t) || records.size < sizeof(Arrival) ||
      !is_aligned) {
    ThrowRange(env, "arrivals", "whole records, behind a word of pace");
    return nullptr;
  }
  Slot slot{};
  slot.read_fd = fd;
  memcpy(&slot.transfer, pace.data, sizeof(slot.transfer));
  // How it is read is not the caller's to say.
  auto past = static_cast<uint32_t>(slot.transfer) & (kPaceMask << kPaceShift);
  constexpr uint32_t kLongest = 65536 / kUnitBytes;
  slot.transfer = static_cast<int32_t>(past | kLongest << kUnitsShift);
  Arrivals arrivals{reinterpret_cast<Arrival*>(records.data),
                    records.size / sizeof(Arrival), 0};
  PassedTable none{nullptr, nullptr};
  ReadResult result{};
  size_t used = 0;
  ReceiveDatagrams(&slot, 0, bytes, &used, &arrivals, &none, &result);
  memcpy(pace.data, &slot.transfer, sizeof(slot.transfer));
  return Int(env, result.result);
}

void RegisterReceiveNow(napi_env env, napi_value exports) {
  const Function functions[] = {
      {"receiveDatagrams", Guarded<ReceiveDatagramsNow>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterReceiveNow);

}  // namespace
}  // namespace rawloop
