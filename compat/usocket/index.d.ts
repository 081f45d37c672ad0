export * from 'rawloop/compat/usocket';
