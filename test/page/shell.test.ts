// The example shell-page in a real browser: a shell that takes keys, shows what it says, and has the
// window's size; and who gets none. Skipped where there is no Chromium.
//
// Without the look at Origin, Host or token of examples/shell-page/server.mjs each of those that are
// refused gets a shell.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
// @ts-expect-error: it has no types.
import { WebSocket } from 'ws';
import { executablePath } from './chromium.js';

const server = join(import.meta.dirname, '../../examples/shell-page/server.mjs');
/** Ends a hang. */
const LIMIT = { timeout: 20_000 };
const PROMPT = { SHELL: '/bin/sh', PS1: 'ask> ', ENV: '' };

let process_: ChildProcess;
let url = '';
let browser: Browser | undefined;

beforeAll(async () => {
  process_ = spawn(process.execPath, [server], {
    env: { ...process.env, ...PROMPT },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(process_.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
  url = /http:\S+/.exec(String(line))?.[0] as string;
  if (executablePath === undefined) return;
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  process_.kill();
});

/** What the terminal shows, without what is behind the last line. */
const shown = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('.xterm-rows > div')]
      .map((row) => (row.textContent ?? '').replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd(),
  );
const rowsOf = (page: Page) =>
  page.evaluate(() => document.querySelectorAll('.xterm-rows > div').length);

async function sees(page: Page, text: string | RegExp): Promise<void> {
  await vi.waitFor(async () => expect(await shown(page)).toMatch(text), LIMIT);
}

it.skipIf(executablePath === undefined)('a shell in a page', async () => {
  const page = await (browser as Browser).newPage({ viewport: { width: 1000, height: 600 } });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(url);
  await sees(page, 'ask>');
  await page.keyboard.type('echo $((6*7)) h\u00e9\u4e2d\n');
  await sees(page, /^42 h\u00e9\u4e2d$/m);
  const rows = await rowsOf(page);
  await page.keyboard.type('stty size\n');
  await sees(page, new RegExp(`^${rows} \\d+$`, 'm'));
  await page.setViewportSize({ width: 700, height: 400 });
  const isLess = async () => expect(await rowsOf(page)).toBeLessThan(rows);
  await vi.waitFor(isLess, LIMIT);
  await page.keyboard.type('clear; stty size\n');
  await sees(page, new RegExp(`^${await rowsOf(page)} \\d+$`, 'm'));
  // Ctrl-C ends what runs, and nothing else.
  await page.keyboard.type('sleep 100\n');
  await page.keyboard.press('Control+c');
  await page.keyboard.type('echo $((7*7))\n');
  await sees(page, /^49$/m);
  await page.keyboard.type('exit\n');
  await sees(page, 'the shell has ended');
  expect(complaints).toEqual([]);
});

/** What who asks for a shell so is told: a status, or 101 where he gets one. */
async function asks(token: string, headers: Record<string, string>): Promise<number> {
  const { host } = new URL(url);
  const socket = new WebSocket(`ws://${host}/${token}`, { headers });
  socket.on('error', () => {});
  const refused = once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode);
  const status = await Promise.race([refused, once(socket, 'open').then(() => 101)]);
  socket.terminate();
  return status as number;
}

it('only our own page, with the token, under our own name, gets one', async () => {
  const { host, origin, hash } = new URL(url);
  const token = hash.slice(1);
  const statuses = [
    await asks(token, { origin }),
    await asks(token, { origin: 'http://evil.test' }),
    await asks(token, {}),
    await asks(token, { origin, host: 'evil.test' }),
    await asks('', { origin }),
    await asks(`${token.slice(1)}x`, { origin }),
  ];
  expect(statuses).toEqual([101, 403, 403, 403, 403, 403]);
  const get = async (path: string, headers = {}) => {
    const [response] = await once(request(`http://${host}${path}`, { headers }).end(), 'response');
    response.resume();
    return response.statusCode;
  };
  const pages = [
    await get('/'),
    await get('/', { host: 'evil.test' }),
    await get('/../server.mjs'),
  ];
  expect([...pages, await get('/__proto__')]).toEqual([200, 404, 404, 404]);
});
