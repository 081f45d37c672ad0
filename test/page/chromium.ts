// The browser of the tests of pages, if there is one: Debian has it as `chromium`.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const folders = (process.env['PATH'] ?? '').split(delimiter);

/** Undefined: there is none. */
export const executablePath: string | undefined = NAMES.flatMap((name) =>
  folders.map((folder) => join(folder, name)),
).find(existsSync);
