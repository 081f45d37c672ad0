// How a loop lives inside its host's own loop (guest mode). The poller's
// descriptor is itself pollable: a host attachment waits for it, and for a
// deadline, and calls one JavaScript function, the turn, for either.
//
// A host must supply:
//   Arm(ms)   call the turn after this time at the latest, -1: no deadline
//   SetRef    whether the attachment keeps the process alive
//   Hold      no turn until LetGo; false where the host's own work comes
//             between two turns anyhow
//   Rest      no turn until GoOn, whatever is readable or due
//   Close     no turn after it; called once, on the JavaScript thread
// Each waits for a duplicate of its own: should others have closed the poller's
// number, libuv would abort, or both would wait for what was opened since.
// Two do: libuv (Node, Deno) and a waiter thread (Bun, and any host whose libuv
// cannot be found). See host_loop_libuv.cc and host_loop_waiter.cc.
#ifndef RAWLOOP_HOST_HOST_LOOP_H_
#define RAWLOOP_HOST_HOST_LOOP_H_

#include <node_api.h>

#include <cstdint>

#include "core/unique_fd.h"

namespace rawloop {

// The turn: a JavaScript function and the async context it is called in.
class Turn {
 public:
  Turn(napi_env env, napi_value function);
  ~Turn();
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  // Calls the function; an exception becomes the host's uncaughtException.
  // `due`: the armed deadline is what called, and is armed no more.
  void Run(bool due);

  // The attachment is closed, and may be gone: a turn under way outlives it.
  void Close() { closed_ = true; }
  bool closed() const { return closed_; }

 private:
  napi_env env_;
  napi_ref function_ = nullptr;
  napi_async_context context_ = nullptr;
  bool closed_ = false;
};

class HostAttachment {
 public:
  virtual ~HostAttachment() {
    if (holder != nullptr) *holder = nullptr;
  }
  virtual void Arm(int64_t timeout_ms) = 0;
  virtual void SetRef(bool ref) = 0;
  virtual bool Hold() { return false; }
  virtual void LetGo() {}
  // Idempotent, as GoOn.
  virtual void Rest() = 0;
  virtual void GoOn() = 0;
  // The attachment deletes itself once its host lets go of it.
  virtual void Close() = 0;

  // Who points here: told when the environment's end deletes the attachment.
  HostAttachment** holder = nullptr;
};

// The descriptor that is readable when the host's own loop has something to do,
// or -ENOSYS. A Worker's loop does when the Worker is to end.
int HostDescriptor(napi_env env);
// 1: something referenced keeps the host's own loop going, or is due in it;
// 0: nothing does; or -ENOSYS. Not to be called on Bun, whose libuv aborts.
int HostAlive(napi_env env);

// Null, and `*error` a negative errno, when this host cannot be used.
HostAttachment* AttachToLibuv(napi_env env, UniqueFd fd, napi_value turn,
                              int* error);
HostAttachment* AttachWithWaiter(napi_env env, UniqueFd fd, napi_value turn,
                                 int* error);

}  // namespace rawloop

#endif  // RAWLOOP_HOST_HOST_LOOP_H_
