// Reading and checking the arguments of one call from JavaScript. A wrong type
// or range throws TypeError or RangeError (with Node's codes) before any side
// effect. Scalars are read first and memory last: a getter that runs while
// scalars are read may detach a buffer, so no pointer is taken before that.
#ifndef RAWLOOP_CORE_ARGS_H_
#define RAWLOOP_CORE_ARGS_H_

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <new>

namespace rawloop {

constexpr double kMaxSafeInteger = 9007199254740991.0;
// The most that Linux transfers in one read or write; see read(2).
constexpr size_t kMaxTransferBytes = 0x7ffff000;

struct Span {
  uint8_t* data = nullptr;
  size_t size = 0;
};

// Throws an error of the kind that `create` makes, with a code.
using CreateError = napi_status (*)(napi_env, napi_value code,
                                    napi_value message, napi_value* result);
void Throw(napi_env env, CreateError create, const char* code,
           const char* message);
void ThrowType(napi_env env, const char* name, const char* expected);
void ThrowNoMemory(napi_env env);
void ThrowRange(napi_env env, const char* name, const char* expected);

// An integral number in [min, max], compared as a double before any cast, so
// NaN, 1.5, 2^53 and 1e308 are refused instead of being truncated.
bool ReadInteger(napi_env env, napi_value value, const char* name, double min,
                 double max, double* out);

// The memory behind an ArrayBuffer, SharedArrayBuffer view, typed array or
// DataView, with no user code run. False, without throwing, when `value` is
// none of these.
bool ReadSpan(napi_env env, napi_value value, Span* out);

// The buffer of a view; `value` itself when it is none.
napi_value BufferOf(napi_env env, napi_value value);

// Looks at what ReadSpan gave for `value`. False, with a TypeError pending,
// when it is empty because its buffer was detached: reading into it would look
// like the end of the file.
bool IsAttached(napi_env env, napi_value value, const Span& span,
                const char* name);

class Args {
 public:
  static constexpr size_t kMax = 10;

  Args(napi_env env, napi_callback_info info) : env_(env) {
    napi_get_cb_info(env, info, &count_, values_, &self_, nullptr);
  }

  napi_env env() const { return env_; }
  napi_value self() const { return self_; }
  napi_value at(size_t index) const { return values_[index]; }
  // True when the argument was given and is neither undefined nor null.
  bool Has(size_t index) const;

  template <typename T>
  bool Integer(size_t index, const char* name, T* out,
               double min = std::numeric_limits<T>::min(),
               double max = std::numeric_limits<T>::max()) const {
    double number;
    if (!ReadInteger(env_, values_[index], name, min, max, &number)) {
      return false;
    }
    *out = static_cast<T>(number);
    return true;
  }

  // The same of an argument that may be left out: `out` stays as it is then.
  template <typename T>
  bool OptionalInteger(size_t index, const char* name, T* out) const {
    return !Has(index) || Integer(index, name, out);
  }

  // A descriptor: 0 to 2^31-1.
  bool Descriptor(size_t index, int* out, const char* name = "fd") const {
    return Integer(index, name, out, 0);
  }

  // A place in a file: 0 to 2^53-1.
  bool Position(size_t index, int64_t* out,
                const char* name = "position") const {
    return Integer(index, name, out, 0, kMaxSafeInteger);
  }

  // Argument `index` is memory, `index` + 1 and + 2 are an offset and a length
  // within it (default: all of it). Offset and length are read before the
  // pointer is taken.
  bool Slice(size_t index, Span* out, const char* name = "buffer") const;
  // Argument `index` as memory, whole.
  bool Memory(size_t index, Span* out, const char* name) const;

 private:
  napi_env env_;
  size_t count_ = kMax;
  napi_value values_[kMax];
  napi_value self_;
};

// Return values. OS failure is `-errno`.
napi_value Int(napi_env env, int32_t value);
napi_value Undefined(napi_env env);
// `result` of a call that returns -1 and sets errno: the result or -errno.
int32_t OrErrno(int64_t result);
// [first, second]
napi_value Pair(napi_env env, int32_t first, int32_t second);

// Makes `value` an own property. Not by setting it: a setter that somebody put
// on Object.prototype would run.
void Define(napi_env env, napi_value object, const char* name,
            napi_value value);
void DefineElement(napi_env env, napi_value array, uint32_t index,
                   napi_value value);

// `Call` as the host may call it: the one exception that our code knows, that
// there is no memory, ends here and becomes a JavaScript error.
template <napi_callback Call>
napi_value Guarded(napi_env env, napi_callback_info info) {
  try {
    return Call(env, info);
  } catch (const std::bad_alloc&) {
    ThrowNoMemory(env);
    return nullptr;
  }
}

struct Function {
  const char* name;
  napi_callback call;
};

// Defines `functions` as enumerable properties of `exports`.
void Export(napi_env env, napi_value exports, const Function* functions,
            size_t count);

template <size_t N>
void Export(napi_env env, napi_value exports, const Function (&functions)[N]) {
  Export(env, exports, functions, N);
}

}  // namespace rawloop

#endif  // RAWLOOP_CORE_ARGS_H_
