// Terminals: their modes, their size, whose they are, and what waits in them.
// Modes are words of 32 bits on every system, as struct termios differs: input,
// output, control and local flags, the speeds in and out, and from the seventh
// on the special characters. See termios(3), tcgetpgrp(3), tcgetwinsize(3).
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"

namespace rawloop {
namespace {

// As many as any system has: 32 of the C library on Linux, 20 of the BSDs.
constexpr size_t kCharacters = 32;

struct ModeWords {
  uint32_t flags[4];  // input, output, control, local
  uint32_t speeds[2];
  uint32_t characters[kCharacters];
};

// Argument `index`, which is to have room for so many bytes.
bool ReadRecord(const Args& args, size_t index, const char* name, size_t bytes,
                const char* expected, Span* out) {
  if (!args.Memory(index, out, name) ||
      !IsAttached(args.env(), args.at(index), *out, name)) {
    return false;
  }
  if (out->size >= bytes) return true;
  ThrowRange(args.env(), name, expected);
  return false;
}

bool ReadModes(const Args& args, size_t index, Span* out) {
  return ReadRecord(args, index, "termios", sizeof(ModeWords),
                    "38 words of 32 bits", out);
}

// tcgetattr(fd, termios): 0 or -errno.
napi_value TcGetAttr(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Span span;
  if (!args.Descriptor(0, &fd) || !ReadModes(args, 1, &span)) return nullptr;
  struct termios modes {};
  if (tcgetattr(fd, &modes) < 0) return Int(env, -errno);
  ModeWords words{};
  words.flags[0] = static_cast<uint32_t>(modes.c_iflag);
  words.flags[1] = static_cast<uint32_t>(modes.c_oflag);
  words.flags[2] = static_cast<uint32_t>(modes.c_cflag);
  words.flags[3] = static_cast<uint32_t>(modes.c_lflag);
  words.speeds[0] = static_cast<uint32_t>(cfgetispeed(&modes));
  words.speeds[1] = static_cast<uint32_t>(cfgetospeed(&modes));
  const size_t count = std::min<size_t>(kCharacters, NCCS);
  std::copy_n(modes.c_cc, count, words.characters);
  memcpy(span.data, &words, sizeof(words));
  return Int(env, 0);
}

// What `words` say, over what the terminal has: a system may have more to a
// mode than they can say. 0 or -errno.
int Fill(const ModeWords& words, struct termios* modes) {
  modes->c_iflag = words.flags[0];
  modes->c_oflag = words.flags[1];
  modes->c_cflag = words.flags[2];
  modes->c_lflag = words.flags[3];
  const size_t count = std::min<size_t>(kCharacters, NCCS);
  for (size_t at = 0; at < count; at++) {
    modes->c_cc[at] = static_cast<cc_t>(words.characters[at]);
  }
  if (cfsetispeed(modes, words.speeds[0]) < 0 ||
      cfsetospeed(modes, words.speeds[1]) < 0) {
    return -errno;
  }
  return 0;
}

// tcsetattr(fd, optional_actions, termios): 0 or -errno. EINTR is retried: it
// comes while output is waited for, before anything is changed.
napi_value TcSetAttr(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int actions;
  Span span;
  if (!args.Descriptor(0, &fd) ||
      !args.Integer(1, "optional_actions", &actions) ||
      !ReadModes(args, 2, &span)) {
    return nullptr;
  }
  ModeWords words;
  memcpy(&words, span.data, sizeof(words));
  struct termios modes {};
  if (tcgetattr(fd, &modes) < 0) return Int(env, -errno);
  const int error = Fill(words, &modes);
  if (error < 0) return Int(env, error);
  return Int(env,
             OrErrno(Retried([&] { return tcsetattr(fd, actions, &modes); })));
}

bool ReadSize(const Args& args, Span* out) {
  return ReadRecord(args, 1, "winsize", sizeof(winsize), "4 words of 16 bits",
                    out);
}

// tcgetwinsize(fd, winsize): 0 or -errno. By ioctl, as few C libraries have
// the function yet.
napi_value TcGetWinsize(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Span span;
  if (!args.Descriptor(0, &fd) || !ReadSize(args, &span)) return nullptr;
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) < 0) return Int(env, -errno);
  memcpy(span.data, &size, sizeof(size));
  return Int(env, 0);
}

// tcsetwinsize(fd, winsize): 0 or -errno.
napi_value TcSetWinsize(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  Span span;
  if (!args.Descriptor(0, &fd) || !ReadSize(args, &span)) return nullptr;
  winsize size;
  memcpy(&size, span.data, sizeof(size));
  return Int(env, OrErrno(ioctl(fd, TIOCSWINSZ, &size)));
}

// tcgetpgrp(fd), tcgetsid(fd): a number, or -errno.
template <pid_t (*Ask)(int)>
napi_value AskWhose(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  return Int(env, OrErrno(Ask(fd)));
}

// tcsetpgrp(fd, pgrp): 0 or -errno.
napi_value TcSetPgrp(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  int group;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, "pgrp", &group)) {
    return nullptr;
  }
  return Int(env, OrErrno(tcsetpgrp(fd, group)));
}

// tcdrain(fd): 0 or -errno; it blocks. EINTR is returned, as one may want no
// more of it.
napi_value TcDrain(napi_env env, napi_callback_info info) {
  Args args(env, info);
  int fd;
  if (!args.Descriptor(0, &fd)) return nullptr;
  return Int(env, OrErrno(tcdrain(fd)));
}

// tcflush(fd, queue_selector), tcflow(fd, action): 0 or -errno.
template <int (*Change)(int, int)>
napi_value ChangeQueue(napi_env env, napi_callback_info info,
                       const char* what) {
  Args args(env, info);
  int fd;
  int which;
  if (!args.Descriptor(0, &fd) || !args.Integer(1, what, &which)) {
    return nullptr;
  }
  return Int(env, OrErrno(Change(fd, which)));
}

napi_value TcFlush(napi_env env, napi_callback_info info) {
  return ChangeQueue<tcflush>(env, info, "queue_selector");
}

napi_value TcFlow(napi_env env, napi_callback_info info) {
  return ChangeQueue<tcflow>(env, info, "action");
}

void RegisterTerminalCalls(napi_env env, napi_value exports) {
  const Function functions[] = {{"tcgetattr", Guarded<TcGetAttr>},
                                {"tcsetattr", Guarded<TcSetAttr>},
                                {"tcgetwinsize", Guarded<TcGetWinsize>},
                                {"tcsetwinsize", Guarded<TcSetWinsize>},
                                {"tcgetpgrp", Guarded<AskWhose<tcgetpgrp>>},
                                {"tcsetpgrp", Guarded<TcSetPgrp>},
                                {"tcgetsid", Guarded<AskWhose<tcgetsid>>},
                                {"tcdrain", Guarded<TcDrain>},
                                {"tcflush", Guarded<TcFlush>},
                                {"tcflow", Guarded<TcFlow>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterTerminalCalls);

}  // namespace
}  // namespace rawloop
