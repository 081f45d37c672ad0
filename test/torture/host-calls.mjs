// The column beside ours: what the host does in place of each call.

/** What node:net calls where ours calls the first: for the column beside ours. */
export const HOST_CALLS = {
  socket: 'socket',
  bind: 'bind',
  listen: 'listen',
  accept4: 'accept4',
  connect: 'connect',
  getsockname: 'getsockname',
  getsockopt: 'getsockopt',
  setsockopt: 'setsockopt',
  shutdown: 'shutdown',
  send: 'write',
  sendmsg: 'writev',
  recv: 'read',
  epoll_ctl_add: 'epoll_ctl_add',
  epoll_ctl_mod: 'epoll_ctl_mod',
  epoll_ctl_del: 'epoll_ctl_del',
  epoll_wait: 'epoll_wait',
  close: 'close',
};
