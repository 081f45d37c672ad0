// How JavaScript uses what other addons brought; see foreign.h.
#include <memory>

#include "core/args.h"
#include "core/module.h"
#include "pool/binding.h"
#include "pool/foreign.h"

namespace rawloop {

namespace {

// The interface and what it knows by the id; false with an exception pending
// when there is no interface, `found` null when it knows nothing of that id.
bool Read(const Args& args, size_t first, ForeignInterface** interface,
          rawloop_id* id, Foreign** found) {
  *interface = ForeignInterface::From(args.env(), args.at(first));
  if (*interface == nullptr || !args.Integer(first + 1, "id", id)) return false;
  *found = (*interface)->Find(*id);
  return true;
}

// What a function of another addon returned: what JavaScript threw in it.
napi_value Told(napi_env env, napi_value thrown) {
  if (thrown != nullptr) napi_throw(env, thrown);
  return thrown != nullptr ? nullptr : Undefined(env);
}

napi_value OpenInterface(napi_env env, napi_callback_info info) {
  Args args(env, info);
  napi_valuetype type;
  napi_typeof(env, args.at(0), &type);
  if (type != napi_object) {
    ThrowType(env, "functions", "an object");
    return nullptr;
  }
  return ForeignInterface::Open(env, args.at(0));
}

napi_value SubmitForeign(napi_env env, napi_callback_info info) {
  Args args(env, info);
  ForeignInterface* interface;
  Foreign* found;
  rawloop_id id;
  uint32_t lane;
  Pool* pool = Pool::From(env, args.at(0));
  if (pool == nullptr || !args.Integer(1, "lane", &lane) ||
      !Read(args, 2, &interface, &id, &found)) {
    return nullptr;
  }
  if (found == nullptr || found->work == nullptr) {
    ThrowRange(env, "id", "that of a job");
    return nullptr;
  }
  return pool->Submit(env, lane, std::make_unique<ForeignJob>(*found));
}

napi_value ForeignDone(napi_env env, napi_callback_info info) {
  Args args(env, info);
  ForeignInterface* interface;
  Foreign* found;
  rawloop_id id;
  int32_t result;
  if (!Read(args, 0, &interface, &id, &found) ||
      !args.Integer(2, "result", &result)) {
    return nullptr;
  }
  if (found == nullptr || found->work == nullptr) return Undefined(env);
  // It may submit another, or end the loop, while it is called.
  const Foreign over = *found;
  interface->Forget(id);
  return Told(env, over.done == nullptr ? nullptr
                                        : over.done(over.data->get(), result));
}

napi_value ForeignReady(napi_env env, napi_callback_info info) {
  Args args(env, info);
  ForeignInterface* interface;
  Foreign* found;
  rawloop_id id;
  int fd;
  uint32_t events;
  if (!Read(args, 0, &interface, &id, &found) || !args.Descriptor(2, &fd) ||
      !args.Integer(3, "events", &events)) {
    return nullptr;
  }
  if (found == nullptr || found->ready == nullptr) return Undefined(env);
  const Foreign called = *found;
  return Told(env, called.ready(called.data->get(), fd, events));
}

napi_value ForeignOver(napi_env env, napi_callback_info info) {
  Args args(env, info);
  ForeignInterface* interface;
  Foreign* found;
  rawloop_id id;
  if (!Read(args, 0, &interface, &id, &found)) return nullptr;
  interface->Forget(id);
  return Undefined(env);
}

void RegisterForeign(napi_env env, napi_value exports) {
  constexpr Function kFunctions[] = {{"openInterface", Guarded<OpenInterface>},
                                     {"submitForeign", Guarded<SubmitForeign>},
                                     {"foreignDone", Guarded<ForeignDone>},
                                     {"foreignReady", Guarded<ForeignReady>},
                                     {"foreignOver", Guarded<ForeignOver>}};
  Export(env, exports, kFunctions);
}
RAWLOOP_MODULE(RegisterForeign);

}  // namespace
}  // namespace rawloop
