// The page of rawloop compare in a real browser, from a file: its charts are drawn,
// nothing is complained of, and it fits a phone and the dark. Skipped where there is
// no Chromium; Debian has it as `chromium`.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { readPageScript } from '../../lib/cli/measure/compare/files.js';
import { pageOf } from '../../lib/cli/measure/compare/page.js';
import { resultOf, row, usualRows } from '../cli/measure/compare/results.js';
import { executablePath } from './chromium.js';

/** Ends a hang. */
const LIMIT = { timeout: 20_000 };
const PHONE_PIXELS = 390;
const DESKTOP = { width: 1280, height: 900 };
const folder = mkdtempSync(join(tmpdir(), 'rawloop-page-'));
const file = join(folder, 'page.html');
const url = pathToFileURL(file).href;

let browser: Browser | undefined;
let complaints: string[] = [];

beforeAll(async () => {
  writeFileSync(file, pageOf(resultOf(usualRows(), ['A note.']), readPageScript()));
  if (executablePath === undefined) return;
  // The sandbox needs what a container, or the super-user, has not.
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const context of browser?.contexts() ?? []) await context.close();
});

async function open(options: BrowserContextOptions = {}, address = url): Promise<Page> {
  const context = await (browser as Browser).newContext({ viewport: DESKTOP, ...options });
  const page = await context.newPage();
  complaints = [];
  page.on('console', (message) => {
    // That one is about this test.
    if (!message.text().includes('willReadFrequently')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push(request.url());
  });
  await page.goto(address);
  return page;
}

/** What is drawn on each canvas: its size, and the pixels of each colour, most first. */
function drawnOn(page: Page) {
  return page.evaluate(() =>
    [...document.querySelectorAll('canvas')].map((canvas) => {
      const { width, height } = canvas;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      const { data } = context.getImageData(0, 0, width, height);
      const pixels = new Map<string, number>();
      for (let i = 0; i < data.length; i += 4) {
        // Only what is fully painted: edges are smoothed.
        if (data[i + 3] !== 255) continue;
        const colour = [data[i], data[i + 1], data[i + 2]].join();
        pixels.set(colour, (pixels.get(colour) ?? 0) + 1);
      }
      return { width, height, colours: Object.fromEntries(pixels) };
    }),
  );
}

/** A colour of the style, as `drawnOn` has it. */
function colourOf(page: Page, name: string): Promise<string> {
  return page.evaluate((property) => {
    const hex = getComputedStyle(document.documentElement).getPropertyValue(property).trim();
    return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join();
  }, `--${name}`);
}

async function expectDrawn(page: Page): Promise<void> {
  const models = ['loop', 'guest', 'threads', 'net'];
  const wanted = await Promise.all(models.map((model) => colourOf(page, model)));
  const memory = await Promise.all(['resident', 'kernel'].map((kind) => colourOf(page, kind)));
  const drawn = await drawnOn(page);
  expect(drawn).toHaveLength(8);
  const ids = await page.evaluate(() =>
    [...document.querySelectorAll('canvas')].map((canvas) => canvas.dataset['chart']),
  );
  drawn.forEach(({ width, height, colours }, i) => {
    expect(width).toBeGreaterThan(200);
    expect(height).toBeGreaterThan(200);
    for (const colour of ids[i] === 'memory' ? memory : wanted) {
      // A line and a mark at least; on the chart of threads three lines are one.
      expect(colours[colour] ?? 0, `${ids[i]}: ${colour}`).toBeGreaterThan(20);
    }
  });
}

function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** Runs in the page: whether each table has the room that it takes. */
function sizesOfTables(): string[] {
  return [...document.querySelectorAll('table')].map((table) => {
    const room = (table.parentElement as HTMLElement).clientWidth;
    return table.scrollWidth <= room ? 'fits' : `${table.scrollWidth} of ${room}`;
  });
}

describe.skipIf(executablePath === undefined)(
  `the page in a browser${executablePath === undefined ? ' (skipped: no chromium)' : ''}`,
  () => {
    it('draws its charts from a file, without a complaint or a request', async () => {
      const page = await open();
      await expectDrawn(page);
      expect(complaints).toEqual([]);
      expect(await overflowOf(page)).toBeLessThanOrEqual(0);
    });

    it.each([320, 360, 768, 1280])('is cut off nowhere at %i pixels', async (width) => {
      const page = await open({ viewport: { width, height: 844 } });
      await expectDrawn(page);
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      expect(await overflowOf(page)).toBeLessThanOrEqual(0);
      // Not hidden either, nor to be reached by scrolling a part of it.
      expect(await page.evaluate(sizesOfTables)).toEqual(Array(10).fill('fits'));
    });

    it('shows on a phone each figure of a table with its name', async () => {
      const page = await open({
        viewport: { width: PHONE_PIXELS, height: 844 },
        deviceScaleFactor: 2,
        isMobile: true,
        hasTouch: true,
      });
      await expectDrawn(page);
      expect(await page.evaluate(() => innerWidth)).toBe(PHONE_PIXELS);
      const name = await page.evaluate(() => {
        const cell = document.querySelector('.all td[data-head="messages per s"]');
        return cell === null ? '' : getComputedStyle(cell, '::before').content;
      });
      expect(name).toBe('"messages per s"');
      // To who cannot see it, it is a table still.
      const table = page.getByRole('table', { name: 'Speed' });
      expect(await table.getByRole('row').count()).toBe(1 + usualRows().length);
      expect(await table.getByRole('columnheader').allTextContents()).toContain('messages per s');
      expect(complaints).toEqual([]);
    });

    it('hides and shows a line by its name below the chart, by keyboard too', async () => {
      const page = await open();
      const net = await colourOf(page, 'net');
      const pixels = async () => (await drawnOn(page))[0]?.colours[net] ?? 0;
      const before = await pixels();
      const button = page.locator('figure#rate').getByRole('button', { name: 'node:net' });
      await button.focus();
      await page.keyboard.press('Enter');
      expect(await button.getAttribute('aria-pressed')).toBe('false');
      expect(await pixels()).toBe(0);
      await button.click();
      expect(await pixels()).toBe(before);
      expect(complaints).toEqual([]);
    });

    it('is light on paper, and as wide, where the screen is dark', async () => {
      const page = await open({ colorScheme: 'dark' });
      const dark = await colourOf(page, 'loop');
      // Browsers tell of it before there is a layout for paper.
      await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      expect(await colourOf(page, 'loop')).not.toBe(dark);
      await expectDrawn(page);
      // A4 with its margins has 718.
      const widths = await page.evaluate(() =>
        [...document.querySelectorAll('figure')].map((figure) => figure.offsetWidth),
      );
      expect(Math.max(...widths)).toBeLessThanOrEqual(718);
      await page.emulateMedia({ media: 'screen', colorScheme: 'dark' });
      await page.evaluate(() => dispatchEvent(new Event('afterprint')));
      expect(await colourOf(page, 'loop')).toBe(dark);
      await expectDrawn(page);
      expect(complaints).toEqual([]);
    });

    it('is dark where the reader has it dark, and changes with that', async () => {
      const page = await open({ colorScheme: 'dark' });
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const [dark, darkLoop] = [await ground(), await colourOf(page, 'loop')];
      await expectDrawn(page);
      await page.emulateMedia({ colorScheme: 'light' });
      // The page is told of the change, and draws anew, some time later.
      await expect.poll(ground, LIMIT).not.toBe(dark);
      await expect.poll(() => colourOf(page, 'loop'), LIMIT).not.toBe(darkLoop);
      await vi.waitFor(() => expectDrawn(page), LIMIT);
      expect(complaints).toEqual([]);
    });

    it('says without a script what it would draw', async () => {
      const page = await open({ javaScriptEnabled: false });
      expect(await page.locator('figcaption').allTextContents()).toHaveLength(8);
      const summary = page.locator('figure#rate summary');
      await summary.click();
      expect(await page.locator('figure#rate table').isVisible()).toBe(true);
      // Names, which nothing can be done with.
      expect(await page.locator('figure#rate .legend button:disabled').count()).toBe(4);
    });

    it('draws a run of one model at one number of connections, with zeros', async () => {
      const none = { median: 0, min: 0, max: 0 };
      const rows = [
        row('loop', 1, { voluntarySwitchesPerMessage: none, involuntarySwitchesPerMessage: none }),
      ];
      const small = join(folder, 'small.html');
      writeFileSync(small, pageOf(resultOf(rows), readPageScript()));
      const page = await open({}, pathToFileURL(small).href);
      const rate = (await drawnOn(page))[0];
      expect(rate?.colours[await colourOf(page, 'loop')] ?? 0).toBeGreaterThan(20);
      expect(complaints).toEqual([]);
    });
  },
);
