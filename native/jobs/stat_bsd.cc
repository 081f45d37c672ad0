// On macOS and the BSDs: stat(2), which tells the time of birth there.
#include <sys/stat.h>

#include <cerrno>

#include "jobs/stat.h"

namespace rawloop {

namespace {

int Fill(int result, const struct stat& s, int64_t fields[kStatFields]) {
  if (result != 0) return -errno;
  FillWithoutTimes(s, fields);
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

}  // namespace

int StatPath(const char* path, bool follow, int64_t fields[kStatFields]) {
  struct stat s;
  return Fill(follow ? stat(path, &s) : lstat(path, &s), s, fields);
}

int StatDescriptor(int fd, int64_t fields[kStatFields]) {
  struct stat s;
  return Fill(fstat(fd, &s), s, fields);
}

}  // namespace rawloop
