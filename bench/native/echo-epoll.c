/*
 * The yardstick: a single-threaded TCP echo server in C with epoll, as a good
 * C programmer writes it. Level triggered; one recv(2) into one shared buffer
 * and one send(2) per readable event; the interest set changes only when the
 * kernel's send buffer is full. Every figure of this folder is a ratio to it.
 * See epoll(7), accept4(2), signalfd(2).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

enum { kMaxEvents = 1024 };

/* A connection owns its descriptor, and `rest` while an answer waits for the
 * peer to read: an idle connection costs this struct and nothing more. */
struct connection {
  int fd;
  char *rest;
  size_t rest_offset;
  size_t rest_bytes; /* 0: nothing waits, and the interest is EPOLLIN */
};

static int epoll_fd;
static int listen_fd;
static int spare_fd; /* given up for a moment when descriptors run out */
static char read_buffer[kReadBytes];

static void connection_close(struct connection *connection) {
  close(connection->fd); /* this takes it out of the epoll set as well */
  free(connection->rest);
  free(connection);
}

static int connection_set_interest(struct connection *connection,
                                   uint32_t interest) {
  struct epoll_event event = {.events = interest, .data.ptr = connection};
  return epoll_ctl(epoll_fd, EPOLL_CTL_MOD, connection->fd, &event);
}

/* Keeps the unsent tail of an answer and waits for room instead of input, so
 * that a peer which does not read costs one buffer at most. */
static int connection_keep_rest(struct connection *connection,
                                const char *bytes, size_t count) {
  connection->rest = malloc(count);
  if (connection->rest == NULL) return -1;
  memcpy(connection->rest, bytes, count);
  connection->rest_offset = 0;
  connection->rest_bytes = count;
  return connection_set_interest(connection, EPOLLOUT);
}

static void connection_on_readable(struct connection *connection) {
  ssize_t received = recv(connection->fd, read_buffer, kReadBytes, 0);
  if (received <= 0) {
    if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
    connection_close(connection); /* the end of input: all is answered */
    return;
  }
  ssize_t sent =
      send(connection->fd, read_buffer, (size_t)received, MSG_NOSIGNAL);
  if (sent == received) return;
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) {
      connection_close(connection);
      return;
    }
    sent = 0;
  }
  if (connection_keep_rest(connection, read_buffer + sent,
                           (size_t)(received - sent)) < 0) {
    connection_close(connection);
  }
}

static void connection_on_writable(struct connection *connection) {
  const char *rest = connection->rest + connection->rest_offset;
  ssize_t sent =
      send(connection->fd, rest, connection->rest_bytes, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN && errno != EINTR) connection_close(connection);
    return;
  }
  connection->rest_offset += (size_t)sent;
  connection->rest_bytes -= (size_t)sent;
  if (connection->rest_bytes > 0) return;
  free(connection->rest);
  connection->rest = NULL;
  if (connection_set_interest(connection, EPOLLIN) < 0) {
    connection_close(connection);
  }
}

static void connection_open(int fd) {
  struct connection *connection = calloc(1, sizeof(*connection));
  if (connection == NULL) {
    close(fd);
    return;
  }
  connection->fd = fd;
  server_set_nodelay(fd);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
    connection_close(connection);
  }
}

/* Out of descriptors: takes the client out of the backlog and turns it away;
 * otherwise the level-triggered listener would spin. */
static void turn_one_away(void) {
  close(spare_fd);
  int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC);
  if (fd >= 0) close(fd);
  spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void accept_all(void) {
  for (;;) {
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      connection_open(fd);
    } else if (errno == EMFILE || errno == ENFILE) {
      turn_one_away();
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return; /* EAGAIN: the backlog is empty */
    }
  }
}

static void serve(void *signal_tag, void *listen_tag) {
  static struct epoll_event events[kMaxEvents];
  for (;;) {
    int count = epoll_wait(epoll_fd, events, kMaxEvents, -1);
    if (count < 0 && errno != EINTR) server_fail("epoll_wait");
    for (int i = 0; i < count; i++) {
      void *tag = events[i].data.ptr;
      if (tag == listen_tag) {
        accept_all();
      } else if (tag == signal_tag) {
        return;
      } else if (((struct connection *)tag)->rest_bytes > 0) {
        connection_on_writable(tag);
      } else {
        connection_on_readable(tag);
      }
    }
  }
}

int main(int argc, char **argv) {
  struct server_options options;
  server_start(argc, argv, &options);
  listen_fd = server_listen(&options, SOCK_NONBLOCK);
  spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) server_fail("epoll_create1");
  int signal_fd = server_signal_fd();
  server_watch(epoll_fd, listen_fd, &listen_fd);
  server_watch(epoll_fd, signal_fd, &signal_fd);
  server_announce(listen_fd);
  serve(&signal_fd, &listen_fd);
  close(listen_fd);
  return 0;
}
