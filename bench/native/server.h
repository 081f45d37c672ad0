/*
 * What the C servers share: the command line, the socket they serve on, the
 * line that tells the harness where it is, and the descriptor limit. Nothing
 * here runs once a server serves, so it favours none of them.
 */
#ifndef RAWLOOP_BENCH_SERVER_H_
#define RAWLOOP_BENCH_SERVER_H_

#include <stddef.h>
#include <sys/socket.h>

enum { kBacklog = 4096, kReadBytes = 64 * 1024 };

struct server_options {
  struct sockaddr_storage address; /* IPv4, or the path of a Unix socket */
  socklen_t address_bytes;
};

/* Reads --host and --port, or --path; prints the usage and exits with 2 if they
 * are bad. A write to a closed peer must be an error, not a signal: SIGPIPE is
 * ignored. The soft descriptor limit is raised to the hard one. */
void server_start(int argc, char **argv, struct server_options *options);

/* Returns a bound descriptor of this type, and its flags. Exits with 1 and a
 * message when the system refuses. */
int server_bind(const struct server_options *options, int type);

/* Returns a bound, listening descriptor; `type_flags` is ORed into the type. */
int server_listen(const struct server_options *options, int type_flags);

/* Prints `listening on HOST:PORT` or `listening on PATH`, whichever `fd` is
 * bound to. */
void server_announce(int fd);

/* Prints `what: strerror(errno)` and exits with 1. */
void server_fail(const char *what);

/* Turns Nagle's algorithm off, so that no answer waits for an ACK. */
void server_set_nodelay(int fd);

/* A descriptor that is readable once SIGTERM or SIGINT came: neither ends the
 * process any more. */
int server_signal_fd(void);

/* Has `epoll_fd` tell when there is something to read, with `tag`. */
void server_watch(int epoll_fd, int fd, void *tag);

#endif /* RAWLOOP_BENCH_SERVER_H_ */
