// The word that a waker's writers share, for whoever wakes in another way than
// by write(2). See waker.cc for what it counts.
#ifndef RAWLOOP_POLL_WAKER_H_
#define RAWLOOP_POLL_WAKER_H_

#include <node_api.h>

#include <cstdint>

namespace rawloop {

// The word of an Int32Array, which the caller keeps in memory. False, with a
// TypeError pending that calls it `name`, when it is none.
bool ReadWord(napi_env env, napi_value value, const char* name, int32_t** out);

// One writer at work, for as long as this lives.
class WakerWriter {
 public:
  // False, with a TypeError pending, when `state` is no word.
  bool Enter(napi_env env, napi_value state);
  void Enter(int32_t* word);
  ~WakerWriter();
  // Makes `fd` readable, unless the waker is closed. It does not block.
  void Write(int fd) const;
  // Whether the waker was open: only then may its descriptor be written to.
  bool open() const { return open_; }

 private:
  int32_t* word_ = nullptr;
  bool open_ = false;
};

}  // namespace rawloop

#endif  // RAWLOOP_POLL_WAKER_H_
