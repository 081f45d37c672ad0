#include "core/environment.h"

#include <cerrno>
#include <new>

#include "core/args.h"

namespace rawloop {

bool Environment::Create(napi_env env) {
  auto* environment = new (std::nothrow) Environment();
  if (environment == nullptr) {
    Throw(env, napi_create_error, "ERR_MEMORY_ALLOCATION_FAILED",
          "There is not enough memory for the addon's state");
    return false;
  }
  auto finalize = [](napi_env env, void* data, void*) {
    auto* environment = static_cast<Environment*>(data);
    // The host deletes no reference of its own accord: each Worker would leave
    // one behind.
    if (environment->kept != nullptr) {
      napi_delete_reference(env, environment->kept);
    }
    delete environment;
  };
  if (napi_set_instance_data(env, environment, finalize, nullptr) == napi_ok) {
    return true;
  }
  delete environment;
  return false;
}

Environment* Environment::Get(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return static_cast<Environment*>(data);
}

napi_value Opened(napi_env env, int fd) {
  if (fd < 0) return Int(env, -errno);
  return Int(env, Environment::Get(env)->owned.Opened(fd));
}

napi_value OpenedPair(napi_env env, int result, const int fds[2]) {
  if (result < 0) return Int(env, -errno);
  int error = Environment::Get(env)->owned.OpenedPair(fds);
  return error < 0 ? Int(env, error) : Pair(env, fds[0], fds[1]);
}

}  // namespace rawloop
