#include "pool/binding.h"

#include <algorithm>
#include <initializer_list>

#include "core/module.h"
#include "pool/rows.h"

namespace rawloop {

namespace {

napi_value NoLane(napi_env env) {
  ThrowRange(env, "lane", "the number of a lane");
  return nullptr;
}

struct Field {
  const char* name;
  double value;
};

napi_value Numbers(napi_env env, std::initializer_list<Field> fields) {
  napi_value object;
  napi_create_object(env, &object);
  for (const Field& field : fields) {
    Define(env, object, field.name, Napi::Number::New(env, field.value));
  }
  return object;
}

}  // namespace

Pool* Pool::From(napi_env env, napi_value value) {
  napi_valuetype type;
  napi_typeof(env, value, &type);
  if (type != napi_object) {
    ThrowType(env, "pool", "a Pool");
    return nullptr;
  }
  void* data = nullptr;
  if (!HasTag(env, value, kTypeTag) ||
      napi_unwrap(env, value, &data) != napi_ok) {
    return nullptr;
  }
  return static_cast<Pool*>(data);
}

napi_value Pool::Submit(napi_env env, uint32_t lane, std::unique_ptr<Job> job) {
  if (lane >= lanes_) return NoLane(env);
  Job* request = job.get();
  if (free_ids_.empty()) {
    // Room for every id there is: to give one back never takes memory.
    if (free_ids_.capacity() <= requests_.size()) {
      free_ids_.reserve(2 * (requests_.size() + 1));
    }
    requests_.push_back(nullptr);
    free_ids_.push_back(static_cast<uint32_t>(requests_.size() - 1));
  }
  const uint32_t id = free_ids_.back();
  request->set_id(id);
  const int result = threads_->Submit(lane, std::move(job));
  if (result < 0) return Int(env, result);
  requests_[id] = request;
  free_ids_.pop_back();
  return Int(env, static_cast<int32_t>(id));
}

napi_value Pool::AddLane(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  size_t limit;
  if (pool == nullptr ||
      !args.Integer(0, "limit", &limit, 1, ThreadPool::kMaxThreads)) {
    return nullptr;
  }
  const int lane = pool->threads_->AddLane(limit);
  if (lane >= 0) pool->lanes_++;
  return Int(env, lane);
}

napi_value Pool::Cancel(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  uint32_t id;
  if (pool == nullptr || !args.Integer(0, "id", &id)) return nullptr;
  Job* job = id < pool->requests_.size() ? pool->requests_[id] : nullptr;
  const bool cancelled = job != nullptr && pool->threads_->Cancel(job);
  if (cancelled) {
    pool->requests_[id] = nullptr;
    pool->free_ids_.push_back(id);
  }
  napi_value result;
  napi_get_boolean(env, cancelled, &result);
  return result;
}

// Ids stay taken while JavaScript works on the batch: a request made meanwhile
// must not get the id of one whose row is still to be read.
void Pool::ReleaseBatch() {
  free_ids_.insert(free_ids_.end(), batch_ids_.begin(), batch_ids_.end());
  batch_ids_.clear();
  batch_.clear();
}

size_t Pool::FillBatch(const Span& memory, size_t rows) {
  const size_t max = std::min(rows, requests_.size());
  // Before the jobs are taken: what is taken must reach its request.
  batch_ids_.reserve(max);
  batch_.reserve(max);
  JobList taken;
  threads_->Take(max, &taken);
  Rows filled(memory.data, rows);
  while (!taken.empty()) {
    std::unique_ptr<Job> job = taken.PopFront();
    requests_[job->id()] = nullptr;
    batch_ids_.push_back(job->id());
    if (filled.Add(*job)) job.reset();
    batch_.push_back(std::move(job));
  }
  return batch_.size();
}

napi_value Pool::TakeCompletions(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  Span memory;
  uint32_t rows;
  if (pool == nullptr || !args.Integer(1, "rows", &rows, 1) ||
      !args.Memory(0, &memory, "memory")) {
    return nullptr;
  }
  if (memory.size / Rows::kBytesEach < rows) {
    ThrowRange(env, "memory", "long enough for the rows, and not detached");
    return nullptr;
  }
  pool->ReleaseBatch();
  return Int(env, static_cast<int32_t>(pool->FillBatch(memory, rows)));
}

napi_value Pool::TakeBytes(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  if (pool == nullptr) return nullptr;
  uint32_t row;
  double offset;
  Span target;
  if (!args.Integer(0, "row", &row) ||
      !ReadInteger(env, args.at(2), "offset", 0, kMaxSafeInteger, &offset) ||
      !args.Memory(1, &target, "target")) {
    return nullptr;
  }
  if (row >= pool->batch_.size() || pool->batch_[row] == nullptr) {
    ThrowRange(env, "row", "a completion of this batch with bytes to copy");
    return nullptr;
  }
  const Result bytes = pool->batch_[row]->result();
  if (offset + static_cast<double>(bytes.size) >
      static_cast<double>(target.size)) {
    ThrowRange(env, "target", "long enough for the bytes, and not detached");
    return nullptr;
  }
  memcpy(target.data + static_cast<size_t>(offset), bytes.data, bytes.size);
  napi_value result;
  napi_create_double(env, static_cast<double>(bytes.size), &result);
  pool->batch_[row]->Taken();
  pool->batch_[row].reset();
  return result;
}

napi_value Pool::Resize(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  size_t size;
  if (pool == nullptr ||
      !args.Integer(0, "size", &size, 1, ThreadPool::kMaxThreads)) {
    return nullptr;
  }
  pool->threads_->Resize(size);
  return Undefined(env);
}

napi_value Pool::Stats(napi_env env, napi_callback_info info) {
  Args args(env, info);
  Pool* pool = From(env, args.self());
  if (pool == nullptr) return nullptr;
  const PoolStats stats = pool->threads_->Stats();
  napi_value result =
      Numbers(env, {{"size", static_cast<double>(stats.size)},
                    {"threads", static_cast<double>(stats.threads)},
                    {"idle", static_cast<double>(stats.idle)},
                    {"queued", static_cast<double>(stats.queued)},
                    {"running", static_cast<double>(stats.running)},
                    {"finished", static_cast<double>(stats.finished)},
                    {"completed", static_cast<double>(stats.completed)},
                    {"wakeups", static_cast<double>(stats.wakeups)},
                    {"startErrno", static_cast<double>(-stats.start_error)}});
  napi_value lanes;
  napi_create_array_with_length(env, stats.lanes.size(), &lanes);
  for (size_t i = 0; i < stats.lanes.size(); i++) {
    const LaneStats& lane = stats.lanes[i];
    DefineElement(
        env, lanes, static_cast<uint32_t>(i),
        Numbers(env, {{"limit", static_cast<double>(lane.limit)},
                      {"queued", static_cast<double>(lane.queued)},
                      {"running", static_cast<double>(lane.running)},
                      {"completed", static_cast<double>(lane.completed)}}));
  }
  rawloop::Define(env, result, "lanes", lanes);
  return result;
}

napi_value Pool::Define(napi_env env) {
  constexpr Function kMethods[] = {
      {"addLane", Guarded<AddLane>},
      {"open", Guarded<Open>},
      {"cancel", Guarded<Cancel>},
      {"takeCompletions", Guarded<TakeCompletions>},
      {"takeBytes", Guarded<TakeBytes>},
      {"resize", Guarded<Resize>},
      {"stats", Guarded<Stats>},
      {"close", Guarded<Close>}};
  std::vector<Napi::ClassPropertyDescriptor<Pool>> methods;
  for (const auto& method : kMethods) {
    napi_property_descriptor descriptor = {};
    descriptor.utf8name = method.name;
    descriptor.method = method.call;
    descriptor.attributes = napi_default_method;
    methods.emplace_back(descriptor);
  }
  return DefineClass(env, "Pool", methods);
}

namespace {

void RegisterPool(napi_env env, napi_value exports) {
  Define(env, exports, "Pool", Pool::Define(env));
}
RAWLOOP_MODULE(RegisterPool);

}  // namespace
}  // namespace rawloop
