// The mark is a section of its own with the function's address.
#include <mach-o/dyld.h>

#include <cstdint>

#include "process/signal_sharing.h"

// As mach-o/getsect.h declares it, which the headers of the cross builds lack.
extern "C" uint8_t* getsectiondata(const mach_header_64* header,
                                   const char* segment, const char* section,
                                   unsigned long* size);

namespace rawloop {
namespace {

__attribute__((used, section("__DATA,__rawloop_sig1")))
const GetSignalTable mark = rawloop_signal_table_1;

}  // namespace

GetSignalTable FirstCopy() {
  for (uint32_t index = 0; index < _dyld_image_count(); index++) {
    // Null when another thread unloaded some meanwhile.
    const auto* header =
        reinterpret_cast<const mach_header_64*>(_dyld_get_image_header(index));
    unsigned long size = 0;
    const uint8_t* section =
        header == nullptr
            ? nullptr
            : getsectiondata(header, "__DATA", "__rawloop_sig1", &size);
    if (section != nullptr && size >= sizeof(mark)) {
      return *reinterpret_cast<const GetSignalTable*>(section);
    }
  }
  return nullptr;
}

}  // namespace rawloop
