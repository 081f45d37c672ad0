// The commands of fcntl(2) that are about a lock on a part of a file.
#ifndef RAWLOOP_CALLS_LOCKS_H_
#define RAWLOOP_CALLS_LOCKS_H_

#include "core/args.h"

namespace rawloop {

// Whether `command` takes a lock: see FcntlOfLock.
bool TakesLock(int command);

// fcntl(fd, command, lock), whose last argument is kLockFields int64: type,
// whence, start, length, process, of which the last is the kernel's to fill,
// and all of F_GETLK.
napi_value FcntlOfLock(const Args& args, int fd, int command);

}  // namespace rawloop

#endif  // RAWLOOP_CALLS_LOCKS_H_
