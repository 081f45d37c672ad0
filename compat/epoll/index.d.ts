export * from 'rawloop/compat/epoll';
