// An array of buffers from JavaScript, as the kernel's array of iovecs. It is
// read in full, which may run user code, before the first pointer is taken.
#ifndef RAWLOOP_CALLS_BUFFERS_H_
#define RAWLOOP_CALLS_BUFFERS_H_

#include <node_api.h>
#include <sys/uio.h>

#include <cstdint>
#include <vector>

namespace rawloop {

// IOV_MAX, and UIO_MAXIOV for messages, on every supported system.
constexpr uint32_t kMaxBuffers = 1024;

// The elements of an array, of at most `max`. False with an exception pending.
// Runs user code.
bool ReadElements(napi_env env, napi_value array, const char* name,
                  uint32_t max, std::vector<napi_value>* out);

// The memory of `values`, together no more than one transfer takes. False with
// an exception pending. Runs no user code.
bool TakeMemory(napi_env env, const std::vector<napi_value>& values,
                std::vector<iovec>* out);

// Both, for a call that has no other argument to read.
bool ReadBuffers(napi_env env, napi_value array, std::vector<iovec>* out);

}  // namespace rawloop

#endif  // RAWLOOP_CALLS_BUFFERS_H_
