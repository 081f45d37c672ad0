// File system requests on the pool: submitFs, and the number of each operation.
#include "jobs/fs.h"

#include "core/module.h"
#include "pool/family.h"

namespace rawloop {

namespace {

constexpr Operation kOperations[] = {
    {"stat", MakeStat}, {"readlink", MakeReadlink}, {"access", MakeAccess}};

napi_value SubmitFs(napi_env env, napi_callback_info info) {
  return SubmitOperation(env, info, kOperations);
}

void RegisterFsJobs(napi_env env, napi_value exports) {
  const Function functions[] = {{"submitFs", Guarded<SubmitFs>}};
  Export(env, exports, functions);
  Define(env, exports, "fsOperations", OperationNumbers(env, kOperations));
}
RAWLOOP_MODULE(RegisterFsJobs);

}  // namespace

}  // namespace rawloop
