// The calls of libuv that signals_libuv.cc makes, found at run time: the host
// exports them, and the addon is not linked to it.
#ifndef RAWLOOP_PROCESS_SIGNALS_LIBUV_CALLS_H_
#define RAWLOOP_PROCESS_SIGNALS_LIBUV_CALLS_H_

#include <dlfcn.h>

#include <cstddef>

namespace rawloop {

struct UvLoop;
struct UvHandle {
  void* data;  // the first field of every libuv handle
};

constexpr int kUvSignal = 16;    // UV_SIGNAL
constexpr int kUvRunNowait = 2;  // UV_RUN_NOWAIT

struct Libuv {
  size_t (*handle_size)(int type);
  size_t (*loop_size)();
  int (*loop_init)(UvLoop*);
  int (*loop_close)(UvLoop*);
  int (*loop_fork)(UvLoop*);
  int (*backend_fd)(const UvLoop*);
  int (*run)(UvLoop*, int mode);
  int (*signal_init)(UvLoop*, UvHandle*);
  int (*signal_start)(UvHandle*, void (*)(UvHandle*, int), int signal);
  int (*signal_stop)(UvHandle*);
  void (*close)(UvHandle*, void (*)(UvHandle*));

  bool Find() {
    return Load("uv_handle_size", &handle_size) &&
           Load("uv_loop_size", &loop_size) &&
           Load("uv_loop_init", &loop_init) &&
           Load("uv_loop_close", &loop_close) &&
           Load("uv_loop_fork", &loop_fork) &&
           Load("uv_backend_fd", &backend_fd) && Load("uv_run", &run) &&
           Load("uv_signal_init", &signal_init) &&
           Load("uv_signal_start", &signal_start) &&
           Load("uv_signal_stop", &signal_stop) && Load("uv_close", &close);
  }

  template <typename T>
  static bool Load(const char* name, T* out) {
    *out = reinterpret_cast<T>(dlsym(RTLD_DEFAULT, name));
    return *out != nullptr;
  }
};

}  // namespace rawloop

#endif  // RAWLOOP_PROCESS_SIGNALS_LIBUV_CALLS_H_
