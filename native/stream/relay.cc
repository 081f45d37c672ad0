// spliceThrough: the bytes of one direction of a relay, from one descriptor to
// another through a pipe that belongs to us, and never into this process. Which
// descriptors, how much, and what follows from the results is TypeScript's to
// say: lib/relay/direction.ts. Linux; elsewhere see relay_absent.cc.
// See splice(2), pipe(7).
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "core/args.h"
#include "core/module.h"
#include "stream/relay_words.h"

namespace rawloop {
namespace {

constexpr unsigned kFlags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

// splice(2) cannot be told not to raise SIGPIPE, as send(2) can. Hosts ignore
// it, and then this is one look; where a program listens for it, it is held
// back for this thread, and taken out where a peer that is gone has raised it.
class WithoutSigpipe {
 public:
  WithoutSigpipe() {
    struct sigaction action {};
    bool is_known = sigaction(SIGPIPE, nullptr, &action) == 0;
    bool has_handler = (action.sa_flags & SA_SIGINFO) != 0;
    if (is_known && !has_handler && action.sa_handler == SIG_IGN) return;
    sigemptyset(&set_);
    sigaddset(&set_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    // One that waits already is somebody else's.
    if (sigismember(&pending, SIGPIPE) == 1) return;
    blocks_ = pthread_sigmask(SIG_BLOCK, &set_, &before_) == 0;
  }
  ~WithoutSigpipe() {
    if (!blocks_) return;
    constexpr timespec kNow{0, 0};
    while (sigtimedwait(&set_, nullptr, &kNow) < 0 && errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  WithoutSigpipe(const WithoutSigpipe&) = delete;
  WithoutSigpipe& operator=(const WithoutSigpipe&) = delete;

 private:
  bool blocks_ = false;
  sigset_t set_;
  sigset_t before_;
};

// EINTR is retried: nothing was moved then.
int32_t Move(int from, int to, int32_t most) {
  ssize_t moved;
  do {
    moved =
        splice(from, nullptr, to, nullptr, static_cast<size_t>(most), kFlags);
  } while (moved < 0 && errno == EINTR);
  return OrErrno(moved);
}

// Takes from the source only what the pipe has given away before: so EAGAIN of
// the one splice(2) says that the source has nothing, and of the other that the
// sink has no room. What fills less than was asked for was all there is, as a
// rule; a poller that goes by level tells of the rest.
void Run(RelayWords* words) {
  words->taken = 0;
  words->given = 0;
  words->source_result = kNotAsked;
  words->sink_result = 0;
  bool goes_on = true;
  while (words->piped > 0 || goes_on) {
    if (words->piped > 0) {
      int32_t given = Move(words->pipe_out, words->sink, words->piped);
      if (given < 0) words->sink_result = given;
      if (given <= 0) return;
      words->piped -= given;
      words->given += given;
      if (words->piped > 0) return;
    }
    int32_t asked = std::min(words->length, words->budget - words->taken);
    if (!goes_on || asked <= 0) return;
    int32_t taken = Move(words->source, words->pipe_in, asked);
    words->source_result = taken;
    if (taken <= 0) return;
    words->piped = taken;
    words->taken += taken;
    goes_on = taken == asked;
  }
}

// spliceThrough(words): words of relay_words.h, an Int32Array. 0.
napi_value SpliceThrough(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Span memory;
  if (!args.Memory(0, &memory, "words")) return nullptr;
  if (memory.size < sizeof(RelayWords) ||
      reinterpret_cast<uintptr_t>(memory.data) % alignof(RelayWords) != 0) {
    ThrowRange(env, "words", "room for all words, at a multiple of four");
    return nullptr;
  }
  auto* words = reinterpret_cast<RelayWords*>(memory.data);
  WithoutSigpipe without;
  Run(words);
  return Int(env, 0);
}

void RegisterRelay(napi_env env, napi_value exports) {
  const Function functions[] = {{"spliceThrough", Guarded<SpliceThrough>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterRelay);

}  // namespace
}  // namespace rawloop
