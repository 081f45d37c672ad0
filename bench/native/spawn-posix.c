// The works of workers/spawn.mjs in C: posix_spawn(3), waitpid(2), read(2) and
// write(2), one child at a time. With the argument `epoll` bytes move as in a
// program that has other things to do as well: O_NONBLOCK and epoll_wait(2) for
// each call. Asked by a line of JSON on stdin, of which it takes what stands
// behind "work" and "ms".
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
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

static bool uses_epoll;

// Descriptors of the child by number; -1 is /dev/null.
static pid_t start(char* const* command, const int ends[3]) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd <= 2; fd++) {
    if (ends[fd] >= 0) {
      posix_spawn_file_actions_adddup2(&actions, ends[fd], fd);
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

static void open_pipe(int ends[2]) {
  if (pipe2(ends, O_CLOEXEC) < 0) exit(1);
}

#define MAX_TIMES 65536
static double times[MAX_TIMES];
static size_t time_count;

static int compare(const void* left, const void* right) {
  double difference = *(const double*)left - *(const double*)right;
  return difference < 0 ? -1 : difference > 0;
}

static double percentile_us(double part) {
  if (time_count == 0) return 0;
  return times[(size_t)((double)(time_count - 1) * part)] / 1e3;
}

static pid_t start_timed(char* const* command, const int ends[3]) {
  double begin = now_ns();
  pid_t pid = start(command, ends);
  if (time_count < MAX_TIMES) times[time_count++] = now_ns() - begin;
  return pid;
}

// Until both of its outputs have ended.
static void drain(struct pollfd outputs[2]) {
  for (int open = 2; open > 0;) {
    poll(outputs, 2, -1);
    for (int i = 0; i < 2; i++) {
      if (outputs[i].fd < 0 || outputs[i].revents == 0) continue;
      if (read(outputs[i].fd, buffer, sizeof(buffer)) > 0) continue;
      close(outputs[i].fd);
      outputs[i].fd = -1;
      open--;
    }
  }
}

static void start_with_pipes(char* const* command) {
  int pipes[3][2];
  for (int fd = 0; fd <= 2; fd++) open_pipe(pipes[fd]);
  int theirs[3] = {pipes[0][0], pipes[1][1], pipes[2][1]};
  pid_t pid = start_timed(command, theirs);
  for (int fd = 0; fd <= 2; fd++) close(theirs[fd]);
  struct pollfd outputs[2] = {{pipes[1][0], POLLIN, 0},
                              {pipes[2][0], POLLIN, 0}};
  drain(outputs);
  close(pipes[0][1]);
  waitpid(pid, NULL, 0);
}

static double start_many(double ms, bool with_pipes) {
  char* command[] = {"/bin/true", NULL};
  const int nothing[3] = {-1, -1, -1};
  double count = 0;
  for (double end = now_ns() + ms * 1e6; now_ns() < end; count++) {
    if (with_pipes) {
      start_with_pipes(command);
    } else {
      waitpid(start_timed(command, nothing), NULL, 0);
    }
  }
  return count;
}

// What a loop waits by; -1: calls block.
static int wait_for(int fd, uint32_t events) {
  if (!uses_epoll) return -1;
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  int epfd = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {events, {.fd = fd}};
  if (epfd < 0 || epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &event) < 0) exit(1);
  return epfd;
}

static void wait_once(int epfd) {
  struct epoll_event event;
  if (epfd >= 0) epoll_wait(epfd, &event, 1, -1);
}

static double read_megabytes(long count) {
  char blocks[32];
  snprintf(blocks, sizeof(blocks), "count=%ld", count);
  char* command[] = {"dd",   "if=/dev/zero", "bs=1000000",
                     blocks, "status=none",  NULL};
  int ends[2];
  open_pipe(ends);
  pid_t pid = start(command, (const int[]){-1, ends[1], -1});
  close(ends[1]);
  int epfd = wait_for(ends[0], EPOLLIN);
  long bytes = 0;
  for (;;) {
    wait_once(epfd);
    ssize_t part = read(ends[0], buffer, sizeof(buffer));
    if (part == 0) break;
    if (part > 0) bytes += part;
  }
  close(ends[0]);
  if (epfd >= 0) close(epfd);
  waitpid(pid, NULL, 0);
  return (double)bytes / MB;
}

static double write_megabytes(long count) {
  char* command[] = {"dd", "of=/dev/null", "bs=65536", "status=none", NULL};
  int ends[2];
  open_pipe(ends);
  pid_t pid = start(command, (const int[]){ends[0], -1, -1});
  close(ends[0]);
  int epfd = wait_for(ends[1], EPOLLOUT);
  for (long left = count * MB; left > 0;) {
    wait_once(epfd);
    size_t size = left < (long)sizeof(buffer) ? (size_t)left : sizeof(buffer);
    ssize_t part = write(ends[1], buffer, size);
    if (part > 0) left -= part;
  }
  close(ends[1]);
  if (epfd >= 0) close(epfd);
  waitpid(pid, NULL, 0);
  return (double)count;
}

// As workers/spawn.mjs has it.
static long megabytes_for(double ms) { return ms < 300 ? 200 : 1000; }

int main(int argc, char** argv) {
  uses_epoll = argc > 1 && strcmp(argv[1], "epoll") == 0;
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
    time_count = 0;
    bool with_pipes = strcmp(work, "pipes") == 0;
    double count = strcmp(work, "read") == 0 ? read_megabytes(megabytes_for(ms))
                   : strncmp(work, "write", 5) == 0
                       ? write_megabytes(megabytes_for(ms))
                       : start_many(ms, with_pipes);
    own = cpu_ns(RUSAGE_SELF) - own;
    children = cpu_ns(RUSAGE_CHILDREN) - children;
    wall = now_ns() - wall;
    printf("{\"operations\":%.3f,\"cpuNs\":%.0f,\"wallNs\":%.0f", count,
           own + (counts_children ? children : 0), wall);
    if (time_count > 0) {
      qsort(times, time_count, sizeof(double), compare);
      printf(",\"p50Us\":%.1f,\"p90Us\":%.1f,\"p99Us\":%.1f",
             percentile_us(0.5), percentile_us(0.9), percentile_us(0.99));
    }
    puts("}");
    fflush(stdout);
  }
  free(ballast);
  return 0;
}
