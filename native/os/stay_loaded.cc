#include "os/stay_loaded.h"

#include <dlfcn.h>

namespace rawloop {

void KeepLoaded(const void* code) {
  Dl_info found;
  if (dladdr(code, &found) != 0) {
    dlopen(found.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  }
}

void StayLoaded() { KeepLoaded(reinterpret_cast<const void*>(StayLoaded)); }

}  // namespace rawloop
