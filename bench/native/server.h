/*
 * What the C echo servers share: the command line, the listening socket, the
 * line that tells the harness where to connect, and the descriptor limit.
 * Nothing here runs once a server serves, so it favours none of them.
 */
#ifndef RAWLOOP_BENCH_SERVER_H_
#define RAWLOOP_BENCH_SERVER_H_

#include <netinet/in.h>
#include <stddef.h>

enum { kBacklog = 4096, kReadBytes = 64 * 1024 };

struct server_options {
  struct sockaddr_in address;
};

/* Reads --host and --port; prints the usage and exits with 2 if they are bad.
 * A write to a closed peer must be an error, not a signal: SIGPIPE is ignored.
 * The soft descriptor limit is raised to the hard one. */
void server_start(int argc, char **argv, struct server_options *options);

/* Returns a bound, listening descriptor; `type_flags` is ORed into the type.
 * Exits with 1 and a message when the system refuses. */
int server_listen(const struct server_options *options, int type_flags);

/* Prints `listening on HOST:PORT` for the address that `fd` is bound to. */
void server_announce(int fd);

/* Prints `what: strerror(errno)` and exits with 1. */
void server_fail(const char *what);

/* Turns Nagle's algorithm off, so that no answer waits for an ACK. */
void server_set_nodelay(int fd);

#endif /* RAWLOOP_BENCH_SERVER_H_ */
