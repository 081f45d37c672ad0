export * from 'rawloop/compat/abstract-socket';
