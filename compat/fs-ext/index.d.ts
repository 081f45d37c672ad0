export * from 'rawloop/compat/fs-ext';
