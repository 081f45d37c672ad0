#include <mach-o/dyld.h>

#include "signal_sharing.h"

namespace rawloop {

std::vector<std::string> LoadedObjects() {
  std::vector<std::string> paths;
  for (uint32_t index = 0; index < _dyld_image_count(); index++) {
    // Null when another thread unloaded some meanwhile.
    const char* path = _dyld_get_image_name(index);
    if (path != nullptr) paths.emplace_back(path);
  }
  return paths;
}

}  // namespace rawloop
