/*
 * The yardstick of relays: a single-threaded TCP proxy in C with epoll and
 * splice(2), as a good C programmer writes it. Level triggered; bytes go from
 * socket to pipe to socket without a copy; what finds no room stays in its pipe
 * and the interest changes only then. A pipe is taken for what is on its way
 * and given back once it is empty, so that idle pairs hold none, and a busy
 * thread uses the same warm one for all. See splice(2), epoll(7), pipe(7).
 *
 *   proxy-splice --to HOST:PORT|echo [--host HOST] [--port PORT]
 *
 * `--to echo` sends back to each client what it sends: what stands behind the
 * proxies that are measured, as it costs the least of what the machine has.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proxy-pipes.h"
#include "server.h"

enum {
  kMaxEvents = 1024,
  kTurnBytes = 1024 * 1024 /* one direction's share of a turn */
};

/* One side of a pair. What it sends waits in `pipe` for the other's room. */
struct side {
  int fd;
  uint32_t interest;
  struct side *other;
  struct carrier *pipe;
  size_t piped;
  int is_connecting;
  int has_ended; /* its end was read and passed on */
};

struct pair {
  struct side near;
  struct side far;
};

static int epoll_fd;
static int listen_fd;
static struct sockaddr_in target;
static int echoes;
static struct pair *closed; /* of this batch: freed behind it */

static struct pair *pair_of(struct side *side) {
  return (struct pair *)(side > side->other ? side->other : side);
}

static void pair_close(struct side *side) {
  struct pair *pair = pair_of(side);
  if (pair->near.fd < 0) return;
  close(pair->near.fd);
  if (pair->far.fd >= 0) close(pair->far.fd);
  if (pair->near.pipe != NULL) carrier_close(pair->near.pipe);
  if (pair->far.pipe != NULL) carrier_close(pair->far.pipe);
  pair->near.fd = -1;
  pair->near.other = (struct side *)closed;
  closed = pair;
}

static void free_closed(void) {
  while (closed != NULL) {
    struct pair *next = (struct pair *)closed->near.other;
    free(closed);
    closed = next;
  }
}

static void side_update(struct side *side) {
  uint32_t interest = 0;
  if (side->is_connecting) {
    interest = EPOLLOUT;
  } else {
    if (side->piped == 0 && !side->has_ended && !side->other->is_connecting) {
      interest |= EPOLLIN;
    }
    if (side->other->piped > 0) interest |= EPOLLOUT;
  }
  if (interest == side->interest) return;
  side->interest = interest;
  struct epoll_event event = {.events = interest, .data.ptr = side};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, side->fd, &event);
}

/* Moves what `from` has sent; -1: the pair is over. */
static int side_move(struct side *from) {
  struct side *to = from->other;
  if (from->pipe == NULL) from->pipe = carrier_take();
  if (from->pipe == NULL) return -1;
  struct carrier *carrier = from->pipe;
  const unsigned flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
  size_t taken = 0;
  for (;;) {
    if (from->piped > 0) {
      ssize_t given =
          splice(carrier->ends[0], NULL, to->fd, NULL, from->piped, flags);
      if (given < 0 && errno != EAGAIN && errno != EINTR) return -1;
      if (given > 0) from->piped -= (size_t)given;
      if (from->piped > 0) break;
      if (taken >= kTurnBytes) break;
      if (taken > 0 && taken % kPipeBytes != 0) break; /* all there was */
    }
    ssize_t moved =
        splice(from->fd, NULL, carrier->ends[1], NULL, kPipeBytes, flags);
    if (moved < 0) {
      if (errno != EAGAIN && errno != EINTR) return -1;
      break;
    }
    if (moved == 0) {
      from->has_ended = 1;
      shutdown(to->fd, SHUT_WR);
      break;
    }
    from->piped = (size_t)moved;
    taken += (size_t)moved;
  }
  if (from->piped == 0) {
    carrier_give(carrier);
    from->pipe = NULL;
  }
  if (from->has_ended && to->has_ended && from->piped + to->piped == 0) {
    return -1;
  }
  side_update(from);
  side_update(to);
  return 0;
}

static void side_on_ready(struct side *side, uint32_t events) {
  if (side->fd < 0 || pair_of(side)->near.fd < 0) return;
  if (side->is_connecting) {
    int error = 0;
    socklen_t size = sizeof(error);
    getsockopt(side->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      pair_close(side);
      return;
    }
    side->is_connecting = 0;
    side_update(side);
    side_update(side->other);
    return;
  }
  if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0 &&
      side->other->piped > 0 && side_move(side->other) < 0) {
    pair_close(side);
    return;
  }
  if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0 && side->piped == 0 &&
      side_move(side) < 0) {
    pair_close(side);
  }
}

/* What comes goes back: the pair is one side, which is its own other. */
static void echo_open(int fd) {
  server_set_nodelay(fd);
  struct pair *pair = calloc(1, sizeof(*pair));
  if (pair == NULL) server_fail("calloc");
  pair->near.fd = fd;
  pair->near.other = &pair->near;
  pair->near.interest = EPOLLIN;
  pair->far.fd = -1;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = &pair->near};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void pair_open(int near) {
  int far = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (far < 0) {
    close(near);
    return;
  }
  server_set_nodelay(near);
  server_set_nodelay(far);
  struct pair *pair = calloc(1, sizeof(*pair));
  if (pair == NULL) server_fail("calloc");
  pair->near.fd = near;
  pair->near.other = &pair->far;
  pair->far.fd = far;
  pair->far.other = &pair->near;
  pair->far.is_connecting = 1;
  pair->far.interest = EPOLLOUT;
  struct epoll_event event = {.events = 0, .data.ptr = &pair->near};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, near, &event);
  event = (struct epoll_event){.events = EPOLLOUT, .data.ptr = &pair->far};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, far, &event);
  int result = connect(far, (struct sockaddr *)&target, sizeof(target));
  if (result < 0 && errno != EINPROGRESS) pair_close(&pair->near);
}

static void accept_all(void) {
  for (;;) {
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      if (echoes) {
        echo_open(fd);
      } else {
        pair_open(fd);
      }
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
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
      } else {
        side_on_ready(tag, events[i].events);
      }
    }
    free_closed();
  }
}

/* Takes `--to HOST:PORT` out of the arguments. */
static int read_target(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i++) {
    if (strcmp(argv[i], "--to") != 0) continue;
    char host[INET_ADDRSTRLEN] = "";
    unsigned port = 0;
    echoes = strcmp(argv[i + 1], "echo") == 0;
    target.sin_family = AF_INET;
    if (!echoes &&
        (sscanf(argv[i + 1], "%15[0-9.]:%u", host, &port) != 2 ||
         inet_pton(AF_INET, host, &target.sin_addr) != 1 || port > 65535)) {
      break;
    }
    target.sin_port = htons((uint16_t)port);
    memmove(&argv[i], &argv[i + 2],
            (size_t)(argc - i - 1) * sizeof(*argv)); /* the null as well */
    return argc - 2;
  }
  fprintf(stderr, "%s: --to HOST:PORT says where connections go\n", argv[0]);
  exit(2);
}

int main(int argc, char **argv) {
  struct server_options options;
  argc = read_target(argc, argv);
  server_start(argc, argv, &options);
  listen_fd = server_listen(&options, SOCK_NONBLOCK);
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
