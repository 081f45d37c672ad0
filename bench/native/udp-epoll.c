/*
 * The yardstick of the UDP scenarios: an echo server in C with epoll, level
 * triggered, that answers each datagram by itself, as most are written: one
 * recvfrom(2) and one sendto(2) per event. udp-batch.c is the one to compare
 * with where many are on the way. See udp(7), epoll(7).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "server.h"

static char buffer[kReadBytes];

/* An answer that cannot be sent is lost, as datagrams are. */
static void echo_one(int fd) {
  struct sockaddr_storage peer;
  socklen_t peer_bytes = sizeof(peer);
  ssize_t received = recvfrom(fd, buffer, sizeof(buffer), 0,
                              (struct sockaddr *)&peer, &peer_bytes);
  if (received < 0) {
    if (errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED) return;
    server_fail("recvfrom");
  }
  sendto(fd, buffer, (size_t)received, 0, (struct sockaddr *)&peer, peer_bytes);
}

int main(int argc, char **argv) {
  struct server_options options;
  server_start(argc, argv, &options);
  int fd = server_bind(&options, SOCK_DGRAM | SOCK_NONBLOCK);
  int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_fd < 0) server_fail("epoll_create1");
  struct epoll_event event = {.events = EPOLLIN};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
    server_fail("epoll_ctl");
  }
  server_announce(fd);
  for (;;) {
    int count = epoll_wait(epoll_fd, &event, 1, -1);
    if (count < 0 && errno != EINTR) server_fail("epoll_wait");
    if (count > 0) echo_one(fd);
  }
}
