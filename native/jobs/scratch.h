// Native memory of a job. JavaScript can transfer, resize or drop a buffer
// while a thread works, so a thread never sees JavaScript's memory: the bytes
// are copied in before the job is queued, and copied out, after the target has
// been looked at again, when it is done.
#ifndef RAWLOOP_JOBS_SCRATCH_H_
#define RAWLOOP_JOBS_SCRATCH_H_

#include <node_api.h>

#include <cstddef>
#include <cstdint>

#include "core/args.h"

namespace rawloop {

class Scratch {
 public:
  enum class Content { kPlain, kSecret };

  // A secret (a password, a key) is overwritten before its memory is freed.
  explicit Scratch(Content content = Content::kPlain) : content_(content) {}
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // False, with no exception, when there is not so much memory. Once only.
  bool Allocate(size_t size);

  // Never null after Allocate(), and followed by a zero byte.
  uint8_t* data() const { return data_; }
  const char* text() const { return reinterpret_cast<const char*>(data_); }
  size_t size() const { return size_; }

  // Copies memory (ArrayBuffer, typed array, DataView) in. False with a
  // TypeError or RangeError pending: not memory, detached, over `max` bytes.
  bool CopyMemory(napi_env env, napi_value value, const char* name, size_t max);
  // Copies a path in: a string, as UTF-8, or its bytes. False with a TypeError
  // pending: another type, or a zero byte in it.
  bool CopyPath(napi_env env, napi_value value, const char* name);

 private:
  bool CopyString(napi_env env, napi_value value);

  Content content_;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_SCRATCH_H_
