#include "pool/family.h"

#include "pool/binding.h"

namespace rawloop {

napi_value SubmitOperation(napi_env env, napi_callback_info info,
                           const Operation* operations, size_t count) {
  Args args(env, info);
  uint32_t lane;
  uint32_t operation;
  Pool* pool = Pool::From(env, args.at(0));
  if (pool == nullptr || !args.Integer(1, "lane", &lane) ||
      !args.Integer(2, "operation", &operation, 0,
                    static_cast<double>(count - 1))) {
    return nullptr;
  }
  std::unique_ptr<Job> job = operations[operation].make(args);
  if (job == nullptr) return nullptr;
  return pool->Submit(env, lane, std::move(job));
}

napi_value OperationNumbers(napi_env env, const Operation* operations,
                            size_t count) {
  napi_value numbers;
  napi_create_object(env, &numbers);
  for (size_t i = 0; i < count; i++) {
    Define(env, numbers, operations[i].name, Int(env, static_cast<int32_t>(i)));
  }
  return numbers;
}

}  // namespace rawloop
