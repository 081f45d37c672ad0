/*
 * Start-up of the C echo servers: see server.h.
 * See socket(7), tcp(7) and getrlimit(2).
 */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

void server_fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}

static void usage_exit(const char *program, const char *complaint) {
  fprintf(stderr, "%s: %s\nusage: %s [--host IPV4] [--port 0..65535]\n",
          program, complaint, program);
  exit(2);
}

void server_start(int argc, char **argv, struct server_options *options) {
  static const struct option kLongOptions[] = {
      {"host", required_argument, NULL, 'h'},
      {"port", required_argument, NULL, 'p'},
      {NULL, 0, NULL, 0}};
  memset(options, 0, sizeof(*options));
  options->address.sin_family = AF_INET;
  options->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

  int choice;
  while ((choice = getopt_long(argc, argv, "", kLongOptions, NULL)) != -1) {
    if (choice == 'h') {
      if (inet_pton(AF_INET, optarg, &options->address.sin_addr) != 1) {
        usage_exit(argv[0], "--host is not an IPv4 address");
      }
    } else if (choice == 'p') {
      char *end = NULL;
      long port = strtol(optarg, &end, 10);
      if (*optarg == '\0' || *end != '\0' || port < 0 || port > 65535) {
        usage_exit(argv[0], "--port is not a number from 0 to 65535");
      }
      options->address.sin_port = htons((uint16_t)port);
    } else {
      usage_exit(argv[0], "unknown or incomplete option");
    }
  }
  if (optind != argc) usage_exit(argv[0], "unexpected argument");

  signal(SIGPIPE, SIG_IGN);
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

int server_listen(const struct server_options *options, int type_flags) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | type_flags, 0);
  if (fd < 0) server_fail("socket");
  int on = 1;
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0) {
    server_fail("setsockopt SO_REUSEADDR");
  }
  if (bind(fd, (const struct sockaddr *)&options->address,
           sizeof(options->address)) < 0) {
    server_fail("bind");
  }
  if (listen(fd, kBacklog) < 0) server_fail("listen");
  return fd;
}

void server_announce(int fd) {
  struct sockaddr_in bound;
  socklen_t length = sizeof(bound);
  if (getsockname(fd, (struct sockaddr *)&bound, &length) < 0) {
    server_fail("getsockname");
  }
  char host[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, &bound.sin_addr, host, sizeof(host));
  printf("listening on %s:%d\n", host, ntohs(bound.sin_port));
  fflush(stdout);
}

void server_set_nodelay(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}
