/*
 * Runs a command to its end and prints what that took, as one line of JSON:
 * wall time from before the fork to after the end, and the CPU time that the
 * kernel charged to it, user and kernel together. A program of its own because
 * Node does not tell what a child has used. Exit status: that of the command if
 * not 0. See posix_spawnp(3), wait4(2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int64_t to_ns(struct timeval time) {
  return ((int64_t)time.tv_sec * 1000000 + time.tv_usec) * 1000;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s COMMAND [ARGUMENT...]\n", argv[0]);
    return 2;
  }
  pid_t pid;
  const int64_t begin_ns = now_ns();
  const int error = posix_spawnp(&pid, argv[1], NULL, NULL, argv + 1, environ);
  if (error != 0) {
    fprintf(stderr, "%s: %s\n", argv[1], strerror(error));
    return 1;
  }
  int status;
  struct rusage usage;
  while (wait4(pid, &status, 0, &usage) < 0) {
    if (errno != EINTR) return 1;
  }
  const int64_t wall_ns = now_ns() - begin_ns;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fprintf(stderr, "%s ended with status %d\n", argv[1], status);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  }
  printf("{\"wallNs\":%lld,\"cpuNs\":%lld,\"maxRssBytes\":%lld}\n",
         (long long)wall_ns,
         (long long)(to_ns(usage.ru_utime) + to_ns(usage.ru_stime)),
         (long long)usage.ru_maxrss * 1024);
  return 0;
}
