// The two times of utimensat(2), of four arguments of a job: seconds and
// nanoseconds of the access and of the change.
#ifndef RAWLOOP_JOBS_FILE_TIMES_H_
#define RAWLOOP_JOBS_FILE_TIMES_H_

#include <sys/stat.h>

#include <ctime>

#include "jobs/file_call.h"

namespace rawloop {

struct FileTimes {
  // The arguments begin at `place`.
  FileTimes(const FileCall& call, size_t place) {
    for (size_t i = 0; i < 2; i++) {
      times[i].tv_sec = static_cast<time_t>(call.number(place + 2 * i));
      times[i].tv_nsec = static_cast<long>(call.number(place + 2 * i + 1));
    }
  }

  timespec times[2];
};

}  // namespace rawloop

#endif  // RAWLOOP_JOBS_FILE_TIMES_H_
