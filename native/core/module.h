// A part of the addon, which registers itself: to add one is a file with
// RAWLOOP_MODULE and its line in sources.json. The objects are linked when the
// addon is loaded, before any thread may look, and never change after that.
// Each copy of the addon in a process has its own; none is on the heap.
#ifndef RAWLOOP_CORE_MODULE_H_
#define RAWLOOP_CORE_MODULE_H_

#include <node_api.h>

namespace rawloop {

class Module {
 public:
  // Adds functions to the exports of one environment.
  using Register = void (*)(napi_env env, napi_value exports);

  explicit Module(Register add) noexcept : add_(add), next_(first_) {
    first_ = this;
  }
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  // All of them, in no order that a module may count on.
  static void RegisterAll(napi_env env, napi_value exports);

 private:
  // Null before any constructor runs. Not inline, as the linker may take
  // inline variables of several copies for the same one.
  static const Module* first_;

  const Register add_;
  const Module* const next_;
};

}  // namespace rawloop

#define RAWLOOP_MODULE(Register) \
  const ::rawloop::Module module_of_##Register(Register)

#endif  // RAWLOOP_CORE_MODULE_H_
