#include <link.h>

#include "signal_sharing.h"

namespace rawloop {

std::vector<std::string> LoadedObjects() {
  std::vector<std::string> paths;
  auto note = [](struct dl_phdr_info* info, size_t, void* paths) {
    if (info->dlpi_name != nullptr && info->dlpi_name[0] != '\0') {
      static_cast<std::vector<std::string>*>(paths)->emplace_back(
          info->dlpi_name);
    }
    return 0;
  };
  dl_iterate_phdr(note, &paths);
  return paths;
}

}  // namespace rawloop
