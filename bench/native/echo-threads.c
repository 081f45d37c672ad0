/*
 * The other model of the textbooks: a thread per connection, each in a blocking
 * recv/send loop. No event loop, no state machine; the kernel's scheduler does
 * the work of one. It shows what the event loops are compared against.
 * See pthread_create(3), pthread_attr_setstacksize(3).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

/* The read buffer lives on the stack. Its pages are touched only as far as a
 * message reaches, so that an idle thread stays small in resident memory. */
enum { kStackBytes = kReadBytes + 64 * 1024 };

static int send_all(int fd, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t sent = send(fd, bytes, count, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return -1;
    }
    bytes += sent;
    count -= (size_t)sent;
  }
  return 0;
}

static void *serve_connection(void *argument) {
  int fd = (int)(intptr_t)argument;
  char buffer[kReadBytes];
  for (;;) {
    ssize_t received = recv(fd, buffer, sizeof(buffer), 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) break; /* the end of input: all is answered */
    if (send_all(fd, buffer, (size_t)received) < 0) break;
  }
  close(fd);
  return NULL;
}

/* Accepts for ever. A thread of its own, so that the main one can wait for a
 * signal in sigwait(3) and no handler is needed. */
static void *accept_connections(void *argument) {
  int listen_fd = (int)(intptr_t)argument;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  for (;;) {
    int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EMFILE && errno != ENFILE) server_fail("accept4");
      const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
      nanosleep(&pause, NULL); /* out of descriptors until a client leaves */
      continue;
    }
    server_set_nodelay(fd);
    pthread_t thread;
    if (pthread_create(&thread, &attributes, serve_connection,
                       (void *)(intptr_t)fd) != 0) {
      close(fd);
    }
  }
  return NULL;
}

int main(int argc, char **argv) {
  struct server_options options;
  server_start(argc, argv, &options);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, NULL); /* inherited by all threads */

  int listen_fd = server_listen(&options, 0);
  pthread_t acceptor;
  errno = pthread_create(&acceptor, NULL, accept_connections,
                         (void *)(intptr_t)listen_fd);
  if (errno != 0) server_fail("pthread_create");
  server_announce(listen_fd);
  int received;
  sigwait(&signals, &received);
  _exit(0); /* the connections end with the process */
}
