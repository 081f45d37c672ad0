/*
 * The UDP echo server in C on libuv, the loop that node:dgram is built on. It
 * answers with uv_udp_try_send, the fast way to use it; what cannot be sent at
 * once is lost, as datagrams are. Built only where uv.h is found (Debian:
 * libuv1-dev). See docs.libuv.org.
 */
#include <errno.h>
#include <uv.h>

#include "server.h"

static char read_buffer[kReadBytes];

static void check(int result, const char *what) {
  if (result == 0) return;
  errno = -result;
  server_fail(what);
}

static void on_allocate(uv_handle_t *handle, size_t suggested,
                        uv_buf_t *buffer) {
  (void)handle;
  (void)suggested;
  *buffer = uv_buf_init(read_buffer, kReadBytes);
}

static void on_received(uv_udp_t *socket, ssize_t count, const uv_buf_t *buffer,
                        const struct sockaddr *peer, unsigned flags) {
  (void)flags;
  if (count < 0 || peer == NULL)
    return; /* NULL: there is nothing more to read */
  uv_buf_t answer = uv_buf_init(buffer->base, (unsigned)count);
  uv_udp_try_send(socket, &answer, 1, peer);
}

int main(int argc, char **argv) {
  struct server_options options;
  server_start(argc, argv, &options);
  uv_loop_t *loop = uv_default_loop();
  uv_udp_t socket;
  check(uv_udp_init(loop, &socket), "uv_udp_init");
  check(uv_udp_bind(&socket, (const struct sockaddr *)&options.address, 0),
        "uv_udp_bind");
  check(uv_udp_recv_start(&socket, on_allocate, on_received),
        "uv_udp_recv_start");
  uv_os_fd_t fd;
  check(uv_fileno((const uv_handle_t *)&socket, &fd), "uv_fileno");
  server_announce(fd);
  return uv_run(loop, UV_RUN_DEFAULT);
}
