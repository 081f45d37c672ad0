// Which requests of ioctl(2) are made, and what each does with its argument. A
// request is a number that any driver may read as it likes: what the kernel
// fills is said by nothing but the driver's source. So each stands on a list,
// with the size that the kernel was seen to use, and one that is on none is
// refused: it may hold an address, which bytes from JavaScript must not decide,
// or fill more than the number says. The lists are by kernel, chosen by source
// list: ioctl_requests_linux.cc, ioctl_requests_bsd.cc.
#ifndef RAWLOOP_CALLS_IOCTL_REQUESTS_H_
#define RAWLOOP_CALLS_IOCTL_REQUESTS_H_

#include <cstdint>

namespace rawloop {

enum class IoctlArgument {
  kUnknown,  // not made at all
  kNothing,
  kNumber,  // the argument is a number itself
  kOpens,   // the same, and the result is a descriptor
  kInt,     // reads an int that the argument points to
  kBytes,   // the argument points to bytes, that are read, filled or both
};

struct IoctlRequest {
  IoctlArgument argument;
  uint32_t bytes;  // kBytes: how many the kernel uses, at most
};

// What `request` is.
IoctlRequest FindIoctl(uint32_t request);

}  // namespace rawloop

#endif  // RAWLOOP_CALLS_IOCTL_REQUESTS_H_
