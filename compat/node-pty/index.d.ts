export * from 'rawloop/compat/node-pty';
