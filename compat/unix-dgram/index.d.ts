export * from 'rawloop/compat/unix-dgram';
