// File system requests on the pool: submitFs, and the number of each operation.
#include "jobs/fs.h"

#include <vector>

#include "core/module.h"
#include "pool/family.h"

namespace rawloop {

namespace {

// Put together once; a number is a place in it.
const std::vector<Operation>& AllOperations() {
  static const std::vector<Operation> all = [] {
    std::vector<Operation> operations;
    for (const Operations* some :
         {&kStatusCalls, &kPathCalls, &kNameCalls, &kDescriptorCalls,
          &kTransferCalls, &kWholeCalls, &kFolderCalls, &kTreeCalls,
          &kCopyCalls, &kLockCalls, &kSendCalls}) {
      operations.insert(operations.end(), some->first,
                        some->first + some->count);
    }
    return operations;
  }();
  return all;
}

napi_value SubmitFs(napi_env env, napi_callback_info info) {
  const std::vector<Operation>& all = AllOperations();
  return SubmitOperation(env, info, all.data(), all.size());
}

void RegisterFsJobs(napi_env env, napi_value exports) {
  const std::vector<Operation>& all = AllOperations();
  const Function functions[] = {{"submitFs", Guarded<SubmitFs>}};
  Export(env, exports, functions);
  Define(env, exports, "fsOperations",
         OperationNumbers(env, all.data(), all.size()));
}
RAWLOOP_MODULE(RegisterFsJobs);

}  // namespace

}  // namespace rawloop
