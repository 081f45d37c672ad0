/*
 * Start-up of the C servers: see server.h.
 * See socket(7), tcp(7), unix(7) and getrlimit(2).
 */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/un.h>

void server_fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void usage_exit(const char *program, const char *complaint) {
  fprintf(stderr,
          "%s: %s\nusage: %s [--host IPV4] [--port 0..65535] | --path PATH\n",
          program, complaint, program);
  exit(2);
}

void server_start(int argc, char **argv, struct server_options *options) {
  static const struct option kLongOptions[] = {
      {"host", required_argument, NULL, 'h'},
      {"port", required_argument, NULL, 'p'},
      {"path", required_argument, NULL, 'u'},
      {NULL, 0, NULL, 0}};
  memset(options, 0, sizeof(*options));
  struct sockaddr_in *ip = (struct sockaddr_in *)&options->address;
  struct sockaddr_un *local = (struct sockaddr_un *)&options->address;
  const char *path = NULL;
  ip->sin_family = AF_INET;
  ip->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  options->address_bytes = sizeof(*ip);

  int choice;
  while ((choice = getopt_long(argc, argv, "", kLongOptions, NULL)) != -1) {
    if (choice == 'h') {
      if (inet_pton(AF_INET, optarg, &ip->sin_addr) != 1) {
        usage_exit(argv[0], "--host is not an IPv4 address");
      }
    } else if (choice == 'p') {
      char *end = NULL;
      long port = strtol(optarg, &end, 10);
      if (*optarg == '\0' || *end != '\0' || port < 0 || port > 65535) {
        usage_exit(argv[0], "--port is not a number from 0 to 65535");
      }
      ip->sin_port = htons((uint16_t)port);
    } else if (choice == 'u') {
      path = optarg;
    } else {
      usage_exit(argv[0], "unknown or incomplete option");
    }
  }
  if (optind != argc) usage_exit(argv[0], "unexpected argument");
  if (path != NULL) {
    if (strlen(path) >= sizeof(local->sun_path)) {
      usage_exit(argv[0], "--path is too long");
    }
    memset(&options->address, 0, sizeof(options->address));
    local->sun_family = AF_UNIX;
    strcpy(local->sun_path, path);
    options->address_bytes = sizeof(*local);
  }

  signal(SIGPIPE, SIG_IGN);
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

int server_bind(const struct server_options *options, int type) {
  int family = options->address.ss_family;
  int fd = socket(family, type | SOCK_CLOEXEC, 0);
  if (fd < 0) server_fail("socket");
  int on = 1;
  int is_tcp = family == AF_INET && (type & SOCK_STREAM) != 0;
  if (is_tcp && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0) {
    server_fail("setsockopt SO_REUSEADDR");
  }
  if (bind(fd, (const struct sockaddr *)&options->address,
           options->address_bytes) < 0) {
    server_fail("bind");
  }
  return fd;
}

int server_listen(const struct server_options *options, int type_flags) {
  int fd = server_bind(options, SOCK_STREAM | type_flags);
  if (listen(fd, kBacklog) < 0) server_fail("listen");
  return fd;
}

void server_announce(int fd) {
  struct sockaddr_storage bound = {0};
  socklen_t length = sizeof(bound);
  if (getsockname(fd, (struct sockaddr *)&bound, &length) < 0) {
    server_fail("getsockname");
  }
  if (bound.ss_family == AF_UNIX) {
    printf("listening on %s\n", ((struct sockaddr_un *)&bound)->sun_path);
  } else {
    const struct sockaddr_in *ip = (const struct sockaddr_in *)&bound;
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &ip->sin_addr, host, sizeof(host));
    printf("listening on %s:%d\n", host, ntohs(ip->sin_port));
  }
  fflush(stdout);
}

void server_set_nodelay(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

int server_signal_fd(void) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0) server_fail("sigprocmask");
  int fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) server_fail("signalfd");
  return fd;
}

void server_watch(int epoll_fd, int fd, void *tag) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
    server_fail("epoll_ctl");
  }
}
