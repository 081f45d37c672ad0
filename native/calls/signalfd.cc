// signalfd: signals that are blocked, as records to read from a descriptor;
// lib/raw/signalfd.ts takes them apart. A mask is 64 bits in two words, signal
// n at bit n - 1, as the kernel has it, and not the C library's sigset_t.
// Linux; elsewhere see linux_events_absent.cc. See signalfd(2).
#include <signal.h>
#include <sys/signalfd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "core/args.h"
#include "core/environment.h"
#include "core/module.h"

namespace rawloop {
namespace {

constexpr int kSignals = 64;

bool ReadMask(const Args& args, size_t index, uint32_t words[2]) {
  Span span;
  if (!args.Memory(index, &span, "mask") ||
      !IsAttached(args.env(), args.at(index), span, "mask")) {
    return false;
  }
  if (span.size < kSignals / 8) {
    ThrowRange(args.env(), "mask", "memory of two words of 32 bits");
    return false;
  }
  memcpy(words, span.data, kSignals / 8);
  return true;
}

// False for a signal that the C library keeps for its threads.
bool Fill(const uint32_t words[2], sigset_t* out) {
  sigemptyset(out);
  for (int i = 0; i < kSignals; i++) {
    bool wanted = (words[i / 32] >> (i % 32) & 1) != 0;
    if (wanted && sigaddset(out, i + 1) != 0) return false;
  }
  return true;
}

// signalfd(fd, mask, flags?): descriptor or -errno; an fd of -1 opens one,
// another has its mask changed (-EINVAL: it is no signalfd, or a signal of the
// C library's own).
napi_value Signalfd(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int flags = 0;
  uint32_t words[2];
  sigset_t mask;
  if (!args.Integer(0, "fd", &fd, -1) ||
      !args.OptionalInteger(2, "flags", &flags) || !ReadMask(args, 1, words)) {
    return nullptr;
  }
  if (!Fill(words, &mask)) return Int(env, -EINVAL);
  int result = signalfd(fd, &mask, flags | SFD_CLOEXEC);
  if (fd == -1) return Opened(env, result);
  return Int(env, OrErrno(result));
}

void RegisterSignalfd(napi_env env, napi_value exports) {
  const Function functions[] = {{"signalfd", Guarded<Signalfd>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterSignalfd);

}  // namespace
}  // namespace rawloop
