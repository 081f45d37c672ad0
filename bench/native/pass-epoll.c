/*
 * The yardstick for passing descriptors: a server on a Unix stream socket in C
 * with epoll. For each byte that came with descriptors it closes those, and
 * answers with a byte and a descriptor of its own: one recvmsg(2) and one
 * sendmsg(2) each. See unix(7), cmsg(3).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

enum { kMaxEvents = 1024, kMaxDescriptors = 253 };

/* Aligned as a control message has to be. */
union control {
  struct cmsghdr head;
  char bytes[CMSG_SPACE(kMaxDescriptors * sizeof(int))];
};

static int epoll_fd;
static int own_fd; /* what is passed to the clients */
static char read_buffer[kReadBytes];

static void watch_or_fail(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
    server_fail("epoll_ctl");
  }
}

/* Closes what came with a message; returns how many descriptors it was. */
static int close_received(struct msghdr *message) {
  int closed = 0;
  for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL;
       head = CMSG_NXTHDR(message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    int count = (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    for (int i = 0; i < count; i++) {
      int fd;
      memcpy(&fd, CMSG_DATA(head) + (size_t)i * sizeof(int), sizeof(int));
      close(fd);
    }
    closed += count;
  }
  return closed;
}

static int pass_own(int connection_fd) {
  union control control;
  memset(&control, 0, CMSG_SPACE(sizeof(int)));
  char byte = 0;
  struct iovec piece = {&byte, 1};
  struct msghdr message = {.msg_iov = &piece,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = CMSG_SPACE(sizeof(int))};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(head), &own_fd, sizeof(int));
  return sendmsg(connection_fd, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static void on_readable(int fd) {
  static union control control;
  struct iovec piece = {read_buffer, sizeof(read_buffer)};
  struct msghdr message = {.msg_iov = &piece,
                           .msg_iovlen = 1,
                           .msg_control = &control,
                           .msg_controllen = sizeof(control)};
  ssize_t received = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  if (received < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (received <= 0) {
    close(fd); /* this takes it out of the epoll set as well */
    return;
  }
  if (close_received(&message) > 0 && pass_own(fd) < 0) close(fd);
}

static void accept_all(int listen_fd) {
  for (;;) {
    int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (fd < 0) return;
    watch_or_fail(fd);
  }
}

int main(int argc, char **argv) {
  struct server_options options;
  server_start(argc, argv, &options);
  int listen_fd = server_listen(&options, SOCK_NONBLOCK);
  own_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (own_fd < 0 || epoll_fd < 0) server_fail("epoll_create1");
  watch_or_fail(listen_fd);
  server_announce(listen_fd);
  static struct epoll_event events[kMaxEvents];
  for (;;) {
    int count = epoll_wait(epoll_fd, events, kMaxEvents, -1);
    if (count < 0 && errno != EINTR) server_fail("epoll_wait");
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd == listen_fd) {
        accept_all(listen_fd);
      } else {
        on_readable(events[i].data.fd);
      }
    }
  }
}
