// The works of workers/spawn.mjs in C: posix_spawn(3), waitpid(2), read(2) and
// write(2), one child at a time. Asked by a line of JSON on stdin, of which it
// takes what stands behind "work" and "ms".
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MB 1000000L

extern char** environ;
static char buffer[65536];

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double cpu_ns(int who) {
  struct rusage usage;
  getrusage(who, &usage);
  return ((double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec) * 1e9 +
         ((double)usage.ru_utime.tv_usec + (double)usage.ru_stime.tv_usec) *
             1e3;
}

// `end` becomes descriptor `number` of the child; the rest is /dev/null.
static pid_t start(char* const* command, int number, int end) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd <= 2; fd++) {
    if (fd == number) {
      posix_spawn_file_actions_adddup2(&actions, end, fd);
    } else {
      posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    }
  }
  pid_t pid;
  int error = posix_spawnp(&pid, command[0], &actions, NULL, command, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) exit(1);
  return pid;
}

static double start_many(double ms) {
  char* command[] = {"/bin/true", NULL};
  double count = 0;
  for (double end = now_ns() + ms * 1e6; now_ns() < end; count++) {
    waitpid(start(command, -1, -1), NULL, 0);
  }
  return count;
}

static double read_megabytes(long count) {
  char blocks[32];
  snprintf(blocks, sizeof(blocks), "count=%ld", count);
  char* command[] = {"dd",   "if=/dev/zero", "bs=1000000",
                     blocks, "status=none",  NULL};
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) exit(1);
  pid_t pid = start(command, 1, ends[1]);
  close(ends[1]);
  long bytes = 0;
  ssize_t part;
  while ((part = read(ends[0], buffer, sizeof(buffer))) > 0) bytes += part;
  close(ends[0]);
  waitpid(pid, NULL, 0);
  return (double)bytes / MB;
}

static double write_megabytes(long count) {
  char* command[] = {"dd", "of=/dev/null", "bs=65536", "status=none", NULL};
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) exit(1);
  pid_t pid = start(command, 0, ends[0]);
  close(ends[0]);
  for (long left = count * MB; left > 0;) {
    size_t size = left < (long)sizeof(buffer) ? (size_t)left : sizeof(buffer);
    ssize_t part = write(ends[1], buffer, size);
    if (part <= 0) exit(1);
    left -= part;
  }
  close(ends[1]);
  waitpid(pid, NULL, 0);
  return (double)count;
}

int main(void) {
  char line[512];
  char* ballast = NULL;
  puts("ready");
  fflush(stdout);
  while (fgets(line, sizeof(line), stdin) != NULL) {
    char work[32] = "";
    double ms = 0;
    char* at = strstr(line, "\"work\":\"");
    if (at != NULL) sscanf(at + 8, "%31[^\"]", work);
    at = strstr(line, "\"ms\":");
    if (at != NULL) ms = strtod(at + 5, NULL);
    if (strstr(work, "-1g") != NULL && ballast == NULL) {
      ballast = malloc(1L << 30);
      if (ballast == NULL) return 1;
      memset(ballast, 1, 1L << 30);
    }
    bool counts_children = strncmp(work, "true", 4) == 0;
    double wall = now_ns();
    double own = cpu_ns(RUSAGE_SELF);
    double children = cpu_ns(RUSAGE_CHILDREN);
    long megabytes = ms < 100 ? 100 : (long)ms;
    double count = strcmp(work, "read") == 0    ? read_megabytes(megabytes)
                   : strcmp(work, "write") == 0 ? write_megabytes(megabytes)
                                                : start_many(ms);
    own = cpu_ns(RUSAGE_SELF) - own;
    children = cpu_ns(RUSAGE_CHILDREN) - children;
    printf("{\"operations\":%.3f,\"cpuNs\":%.0f,\"wallNs\":%.0f}\n", count,
           own + (counts_children ? children : 0), now_ns() - wall);
    fflush(stdout);
  }
  free(ballast);
  return 0;
}
