// StatPath on macOS and the BSDs: stat(2), which tells the time of birth there.
#include <sys/stat.h>

#include "jobs/stat.h"

namespace rawloop {

int StatPath(const char* path, bool follow, int64_t fields[kStatFields]) {
  struct stat s;
  const int result = StatWithoutTimes(path, follow, &s, fields);
  if (result < 0) return result;
  fields[kStatAtimeSec] = s.st_atimespec.tv_sec;
  fields[kStatAtimeNsec] = s.st_atimespec.tv_nsec;
  fields[kStatMtimeSec] = s.st_mtimespec.tv_sec;
  fields[kStatMtimeNsec] = s.st_mtimespec.tv_nsec;
  fields[kStatCtimeSec] = s.st_ctimespec.tv_sec;
  fields[kStatCtimeNsec] = s.st_ctimespec.tv_nsec;
  fields[kStatBirthtimeSec] = s.st_birthtimespec.tv_sec;
  fields[kStatBirthtimeNsec] = s.st_birthtimespec.tv_nsec;
  return 0;
}

}  // namespace rawloop
