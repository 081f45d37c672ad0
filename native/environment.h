// State of one Node-API environment (the main thread or a Worker): the
// descriptors it opened. It hangs on the environment's instance data, so
// Workers and several copies of the addon live side by side with no
// process-wide state.
#ifndef RAWLOOP_ENVIRONMENT_H_
#define RAWLOOP_ENVIRONMENT_H_

#include <node_api.h>

#include <cstdint>
#include <vector>

namespace rawloop {

// Which descriptor numbers this environment opened: a bit each. close() serves
// only these, so a wrong number cannot close the host's own descriptors.
class OwnedDescriptors {
 public:
  OwnedDescriptors() = default;
  // The environment ends: a Worker that was terminated ran no close of its own.
  ~OwnedDescriptors();
  OwnedDescriptors(const OwnedDescriptors&) = delete;
  OwnedDescriptors& operator=(const OwnedDescriptors&) = delete;

  void Add(int fd);
  void Remove(int fd);
  bool Has(int fd) const;

 private:
  std::vector<uint64_t> bits_;
};

struct Environment {
  OwnedDescriptors owned;

  Environment() = default;
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // Creates the instance data. False when a JavaScript exception is pending.
  static bool Create(napi_env env);
  static Environment* Get(napi_env env);
};

}  // namespace rawloop

#endif  // RAWLOOP_ENVIRONMENT_H_
