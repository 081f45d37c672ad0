// The page of rawloop compare as text, from fixed figures. test/page opens it in a browser.
import { describe, expect, it } from 'vitest';
import { noiseSentence } from '../../../../lib/cli/measure/compare/noise.js';
import { embeddedJson, pageOf } from '../../../../lib/cli/measure/compare/page.js';
import { resultOf, usualRows } from './results.js';

describe('the page of rawloop compare, as text', () => {
  const hostile = '</script><script>alert(1)</script>&"\'';
  const result = resultOf(usualRows(), [hostile]);
  result.machine.cpu = hostile;
  const page = pageOf(result, `const a = '</script>', b = '<!--';`);

  it('escapes whatever it is given', () => {
    expect(page).not.toContain('alert(1)</script>');
    expect(page.match(/&lt;\/script&gt;&lt;script&gt;alert\(1\)/g)).toHaveLength(2);
    // The figures and the script: each ends where it should.
    expect(page.match(/<\/script>/g)).toHaveLength(2);
    expect(page).not.toContain('<!--');
  });

  it('keeps figures inside their element, and as they were', () => {
    const text = embeddedJson({ name: hostile });
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toEqual({ name: hostile });
  });

  it('asks for nothing from elsewhere', () => {
    expect(page).toContain(`default-src 'none'`);
    expect(page).not.toMatch(/\b(src|href)=|url\(|@import|https?:/);
  });

  it('says in words and tables what it draws', () => {
    const figures = [...page.matchAll(/<figure[\s\S]*?<\/figure>/g)].map(([text]) => text);
    expect(figures).toHaveLength(8);
    for (const figure of figures) {
      expect(figure).toMatch(/<figcaption>.*\d.*<\/figcaption>/);
      expect(figure).toMatch(/<canvas role="img" aria-label="[^"]+"/);
      expect(figure).toMatch(/<table role="table"[\s\S]*<td role="cell"/);
    }
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
  });

  it('leads with how far its figures can be trusted', () => {
    const lead = /<p class="lead">(.*)<\/p>/.exec(page)?.[1];
    expect(lead).toContain('answered 132,000 messages a second');
    expect(lead).toContain(noiseSentence(usualRows()));
  });

  it('names each line below its chart, as it is drawn, and those that coincide', () => {
    const [, threads = ''] = /<figure id="threads">([\s\S]*?)<\/figure>/.exec(page) ?? [];
    const legend = [...threads.matchAll(/<button .*?class="(\w+)".*?<span>(.*?)<\/span>/g)];
    expect(legend.map(([, style, name]) => [style, name])).toEqual([
      ['loop', 'The owned loop'],
      ['guest', 'The guest loop'],
      ['threads', 'Thread per connection'],
      ['net', 'node:net'],
    ]);
    const dashes = [...threads.matchAll(/stroke-dasharray="(.*?)"/g)].map(([, dash]) => dash);
    expect(new Set(dashes).size).toBe(4);
    expect(threads).toContain('<p class="same">Equal: the owned loop, the guest loop and node:net');
    expect(page).not.toContain('<p class="same"></p>');
  });

  it('has a figure and the reach of its rounds in one cell, under a name of its own', () => {
    const [, all = ''] = page.split('Every figure');
    expect(all).toContain(
      '<td role="cell" data-head="messages per s">132,000 <small>130,680–133,320</small></td>',
    );
    expect(all).toContain('data-head="involuntary switches per message"');
    expect(all).not.toContain('min–max"');
  });
});
