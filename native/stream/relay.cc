// The bytes of one direction of a relay, from one descriptor to another through
// a pipe that belongs to us, and never into this process: for all that a wait
// has found, and for one that JavaScript names. Which descriptors, how much,
// and what follows from the results is TypeScript's to say:
// lib/relay/direction.ts. Linux; elsewhere see relay_absent.cc. See splice(2),
// pipe(7).
#include "stream/relay.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <optional>

#include "core/args.h"
#include "core/module.h"
#include "core/retried.h"

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
    Retried([&] { return sigtimedwait(&set_, nullptr, &kNow); });
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
  ssize_t moved = Retried([&] {
    return splice(from, nullptr, to, nullptr, static_cast<size_t>(most),
                  kFlags);
  });
  return OrErrno(moved);
}

// Takes from the source only what the pipe has given away before: so EAGAIN of
// the one splice(2) says that the source has nothing, and of the other that the
// sink has no room. What fills less than was asked for was all there is, as a
// rule; a poller that goes by level tells of the rest.
void MoveThroughPipe(Flow* flow, int32_t length, int32_t budget) {
  int32_t left = budget;
  bool goes_on = true;
  while (flow->piped > 0 || goes_on) {
    if (flow->piped > 0) {
      int32_t given = Move(flow->pipe_out, flow->sink, flow->piped);
      if (given < 0) flow->sink_result = given;
      if (given <= 0) return;
      flow->piped -= given;
      flow->given += given;
      if (flow->piped > 0) return;
    }
    int32_t asked = std::min(length, left);
    if (!goes_on || asked <= 0) return;
    int32_t taken = Move(flow->source, flow->pipe_in, asked);
    flow->source_result = taken;
    if (taken <= 0) return;
    flow->piped = taken;
    flow->taken += taken;
    left -= taken;
    goes_on = taken == asked;
  }
}

bool TakePipe(Pipes* pipes, Flow* flow) {
  if (pipes->count <= 0 || pipes->count > kSparePipes) return false;
  const Pipe& pipe = pipes->spare[--pipes->count];
  flow->pipe_in = pipe.write_end;
  flow->pipe_out = pipe.read_end;
  return true;
}

// Where there are spare ones enough it stays the flow's.
void GivePipe(Pipes* pipes, Flow* flow) {
  if (pipes->count < 0 || pipes->count >= kSparePipes) return;
  pipes->spare[pipes->count++] = {flow->pipe_out, flow->pipe_in};
  flow->pipe_in = -1;
  flow->pipe_out = -1;
}

// False, and nothing is done, where there is no pipe.
bool Run(Flow* flow, Pipes* pipes, int32_t budget) {
  if (flow->pipe_in < 0 && !TakePipe(pipes, flow)) return false;
  flow->source_result = kNotAsked;
  flow->sink_result = 0;
  MoveThroughPipe(flow, pipes->length, budget);
  if (flow->piped == 0) GivePipe(pipes, flow);
  return true;
}

// Whether all that came has gone, and neither side said anything.
bool IsPlain(const Flow& flow) {
  return flow.piped == 0 && flow.sink_result == 0 && flow.pipe_in < 0 &&
         (flow.source_result > 0 || flow.source_result == -EAGAIN);
}

bool IsOpen(const Table<Slot>& slots, const Flow& flow) {
  auto slot = static_cast<uint32_t>(flow.sink_slot);
  return slot < slots.size &&
         slots.data[slot].generation == flow.sink_generation;
}

}  // namespace

void MoveFlows(const Table<ReadyRecord>& ready, uint32_t from, uint32_t to,
               const Table<Slot>& slots, const Table<Flow>& flows,
               const Table<Pipes>& pipes, ReadResult* results) {
  if (pipes.size == 0) return;
  std::optional<WithoutSigpipe> without;
  for (uint32_t i = from; i < to; i++) {
    const ReadyRecord& record = ready.data[i];
    // Of an error and of room JavaScript is told first.
    if (record.events != kReadable || record.slot >= slots.size) continue;
    const Slot& slot = slots.data[record.slot];
    if (slot.read_fd > kFirstFlow || slot.generation != record.generation) {
      continue;
    }
    auto index = static_cast<uint32_t>(kFirstFlow - slot.read_fd);
    if (index >= flows.size || !IsOpen(slots, flows.data[index])) continue;
    Flow* flow = &flows.data[index];
    // JavaScript has a say first.
    if (flow->due != 0) continue;
    if (!without) without.emplace();
    if (!Run(flow, pipes.data, pipes.data->budget)) continue;
    if (IsPlain(*flow)) {
      results[i].result = kMoved;
    } else {
      flow->due = 1;
    }
  }
}

namespace {

template <typename T>
bool TableAt(const Args& args, size_t index, const char* name, Table<T>* out) {
  Span memory;
  if (!args.Memory(index, &memory, name)) return false;
  *out = {reinterpret_cast<T*>(memory.data), memory.size / sizeof(T)};
  if (reinterpret_cast<uintptr_t>(memory.data) % alignof(T) == 0) return true;
  ThrowRange(args.env(), name, "memory that begins at a whole word");
  return false;
}

// moveFlow(pipes, flows, index, budget): words of relay_words.h, as Int32Array.
// 1; 0, and nothing is done, where there is no pipe for it.
napi_value MoveFlow(napi_env env, napi_callback_info info) {
  Args args(env, info);
  uint32_t index;
  int32_t budget;
  Table<Pipes> pipes;
  Table<Flow> flows;
  if (!args.Integer(2, "index", &index) ||
      !args.Integer(3, "budget", &budget, 0) ||
      !TableAt(args, 0, "pipes", &pipes) ||
      !TableAt(args, 1, "flows", &flows)) {
    return nullptr;
  }
  if (pipes.size == 0 || index >= flows.size) {
    ThrowRange(env, "index",
               "one of a flow, and pipes have room for all words");
    return nullptr;
  }
  WithoutSigpipe without;
  return Int(env, Run(&flows.data[index], pipes.data, budget) ? 1 : 0);
}

void RegisterRelay(napi_env env, napi_value exports) {
  const Function functions[] = {{"moveFlow", Guarded<MoveFlow>}};
  Export(env, exports, functions);
}
RAWLOOP_MODULE(RegisterRelay);

}  // namespace
}  // namespace rawloop
