// A family of requests: the function by which JavaScript submits them.
//
//   submitFs(pool, lane, operation, ...arguments of the operation)
//     -> id (0 or more), or -errno; see Pool::Submit
//
// To add an operation: a file in native/jobs/ with its Job and the function
// that makes it of a call's arguments, a line in its family's table, the file
// in sources.json. To add a family: a file with its table and its function;
// jobs/fs.cc shows it.
#ifndef RAWLOOP_POOL_FAMILY_H_
#define RAWLOOP_POOL_FAMILY_H_

#include <node_api.h>

#include <cstddef>
#include <memory>

#include "core/args.h"
#include "pool/job.h"

namespace rawloop {

// Where the arguments of an operation begin.
constexpr size_t kFirstArgument = 3;

struct Operation {
  const char* name;
  // Copies what it needs of the arguments, scalars first. Null with an
  // exception pending.
  std::unique_ptr<Job> (*make)(const Args& args);
};

// The body of a submit function.
napi_value SubmitOperation(napi_env env, napi_callback_info info,
                           const Operation* operations, size_t count);

// An object that tells the number of each operation by its name.
napi_value OperationNumbers(napi_env env, const Operation* operations,
                            size_t count);

template <size_t N>
napi_value SubmitOperation(napi_env env, napi_callback_info info,
                           const Operation (&operations)[N]) {
  return SubmitOperation(env, info, operations, N);
}

template <size_t N>
napi_value OperationNumbers(napi_env env, const Operation (&operations)[N]) {
  return OperationNumbers(env, operations, N);
}

}  // namespace rawloop

#endif  // RAWLOOP_POOL_FAMILY_H_
