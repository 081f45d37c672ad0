// Where raw calls are sent: nowhere beyond the loopback.

export const LOOPBACK = [
  '127.0.0.1',
  '127.1.2.3',
  '::1',
  '::ffff:127.0.0.1',
  '::1%lo',
  'fe80::1%lo',
  'fe80::1',
];

/** Texts that are no address. */
export const NO_ADDRESS = [
  '',
  'localhost',
  '1.2.3',
  '127.0.0.1\0',
  '::1%99999999999',
  ':',
  'ü',
  'a'.repeat(300),
];
