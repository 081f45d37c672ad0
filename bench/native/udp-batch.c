/*
 * The yardstick where many datagrams are on the way: an echo server in C with
 * epoll that takes up to 64 of them with one recvmmsg(2) and answers them with
 * one sendmmsg(2). See udp-epoll.c for the other.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "server.h"

enum { kBatch = 64, kDatagramBytes = 2048 };

static char buffers[kBatch][kDatagramBytes];
static struct sockaddr_storage peers[kBatch];
static struct iovec pieces[kBatch];
static struct mmsghdr messages[kBatch];

/* What the kernel wrote into the headers is taken back before each batch. */
static void batch_prepare(int count) {
  for (int i = 0; i < count; i++) {
    pieces[i].iov_len = kDatagramBytes;
    messages[i].msg_hdr.msg_namelen = sizeof(peers[i]);
  }
}

/* Answers that cannot be sent are lost, as datagrams are. Returns how many
 * headers were used. */
static int echo_batch(int fd) {
  int count = recvmmsg(fd, messages, kBatch, 0, NULL);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR || errno == ECONNREFUSED) return 0;
    server_fail("recvmmsg");
  }
  for (int i = 0; i < count; i++) pieces[i].iov_len = messages[i].msg_len;
  for (int sent = 0; sent < count;) {
    int more = sendmmsg(fd, messages + sent, (unsigned)(count - sent), 0);
    if (more <= 0) break;
    sent += more;
  }
  return count;
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
  for (int i = 0; i < kBatch; i++) {
    pieces[i].iov_base = buffers[i];
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_name = &peers[i];
  }
  batch_prepare(kBatch);
  server_announce(fd);
  for (;;) {
    int count = epoll_wait(epoll_fd, &event, 1, -1);
    if (count < 0 && errno != EINTR) server_fail("epoll_wait");
    if (count > 0) batch_prepare(echo_batch(fd));
  }
}
