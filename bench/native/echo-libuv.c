/*
 * The same echo server in C on libuv, the loop that Node and Deno are built on:
 * it tells the price of libuv itself from the price of JavaScript on top. It
 * answers with uv_try_write and falls back to uv_write, the fast way to use it.
 * Built only where uv.h is found (Debian: libuv1-dev). See docs.libuv.org.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "server.h"

struct connection {
  uv_tcp_t tcp;
  uv_write_t write;
  char *rest; /* the unsent tail of an answer, or NULL */
};

static char read_buffer[kReadBytes];

static void on_readable(uv_stream_t *stream, ssize_t count,
                        const uv_buf_t *buffer);

static void check(int result, const char *what) {
  if (result == 0) return;
  errno = -result;
  server_fail(what);
}

static void on_closed(uv_handle_t *handle) {
  struct connection *connection = handle->data;
  free(connection->rest);
  free(connection);
}

static void connection_close(struct connection *connection) {
  uv_handle_t *handle = (uv_handle_t *)&connection->tcp;
  if (!uv_is_closing(handle)) uv_close(handle, on_closed);
}

static void on_allocate(uv_handle_t *handle, size_t suggested,
                        uv_buf_t *buffer) {
  (void)handle;
  (void)suggested;
  *buffer = uv_buf_init(read_buffer, kReadBytes);
}

static void on_written(uv_write_t *write, int status) {
  struct connection *connection = write->data;
  free(connection->rest);
  connection->rest = NULL;
  if (status < 0 || uv_read_start((uv_stream_t *)&connection->tcp, on_allocate,
                                  on_readable) < 0) {
    connection_close(connection);
  }
}

/* Keeps the unsent tail and reads no more until it has gone out. */
static void connection_keep_rest(struct connection *connection,
                                 const char *bytes, size_t count) {
  uv_stream_t *stream = (uv_stream_t *)&connection->tcp;
  connection->rest = malloc(count);
  if (connection->rest == NULL) {
    connection_close(connection);
    return;
  }
  memcpy(connection->rest, bytes, count);
  connection->write.data = connection;
  uv_buf_t rest = uv_buf_init(connection->rest, (unsigned)count);
  uv_read_stop(stream);
  if (uv_write(&connection->write, stream, &rest, 1, on_written) < 0) {
    connection_close(connection);
  }
}

static void on_readable(uv_stream_t *stream, ssize_t count,
                        const uv_buf_t *buffer) {
  struct connection *connection = stream->data;
  if (count == 0) return; /* EAGAIN */
  if (count < 0) {
    connection_close(connection); /* UV_EOF: all is answered */
    return;
  }
  uv_buf_t answer = uv_buf_init(buffer->base, (unsigned)count);
  int sent = uv_try_write(stream, &answer, 1);
  if (sent == count) return;
  if (sent < 0 && sent != UV_EAGAIN) {
    connection_close(connection);
    return;
  }
  if (sent < 0) sent = 0;
  connection_keep_rest(connection, buffer->base + sent, (size_t)(count - sent));
}

static void on_connection(uv_stream_t *server, int status) {
  if (status < 0) return;
  struct connection *connection = calloc(1, sizeof(*connection));
  if (connection == NULL) return;
  uv_tcp_init(server->loop, &connection->tcp);
  connection->tcp.data = connection;
  uv_stream_t *stream = (uv_stream_t *)&connection->tcp;
  if (uv_accept(server, stream) < 0 ||
      uv_tcp_nodelay(&connection->tcp, 1) < 0 ||
      uv_read_start(stream, on_allocate, on_readable) < 0) {
    connection_close(connection);
  }
}

static void on_signal(uv_signal_t *handle, int signal_number) {
  (void)signal_number;
  uv_stop(handle->loop);
}

int main(int argc, char **argv) {
  struct server_options options;
  server_start(argc, argv, &options);
  uv_loop_t *loop = uv_default_loop();
  uv_tcp_t server;
  uv_signal_t signals[2];
  check(uv_tcp_init(loop, &server), "uv_tcp_init");
  check(uv_tcp_bind(&server, (const struct sockaddr *)&options.address, 0),
        "uv_tcp_bind");
  check(uv_listen((uv_stream_t *)&server, kBacklog, on_connection),
        "uv_listen");
  uv_signal_init(loop, &signals[0]);
  uv_signal_init(loop, &signals[1]);
  check(uv_signal_start(&signals[0], on_signal, SIGTERM), "uv_signal_start");
  check(uv_signal_start(&signals[1], on_signal, SIGINT), "uv_signal_start");
  uv_os_fd_t fd;
  check(uv_fileno((const uv_handle_t *)&server, &fd), "uv_fileno");
  server_announce(fd);
  uv_run(loop, UV_RUN_DEFAULT);
  return 0;
}
