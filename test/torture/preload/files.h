// Which of the things that are read and written is a file.
#ifndef RAWLOOP_TORTURE_FILES_H_
#define RAWLOOP_TORTURE_FILES_H_

#include <stdbool.h>

bool IsFile(int fd);

#endif  // RAWLOOP_TORTURE_FILES_H_
