// A descriptor that is always ready: a guest turn asks the kernel again instead of
// making the host go round for each event, and the host still comes to its own.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from './support.js';

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it('a turn asks again while events come, and the host has its turns in between', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      let events = 0, rounds = 0, timers = 0, seen = 0;
      const watcher = loop.watch(eventfd(1), { read: true }, () => { events++; });
      const interval = setInterval(() => { timers++; }, 1);
      const next = () => {
        // Where a thread waits, and is not let run, the host goes round with nothing.
        if (events !== seen) rounds++;
        seen = events;
        // A host that stood still would never come to the end.
        if (events < 20000 || timers < 5 || rounds < 5) setImmediate(next); else end();
      };
      setImmediate(next);
      function end() {
        watcher.close();
        clearInterval(interval);
        say('the host went on');
        say(events > rounds * 3 ? 'many events a turn' : events + ' events in ' + rounds);
      }`,
      { host },
    );
    expect(said).toEqual(['the host went on', 'many events a turn']);
  });

  it('a callback that closes or detaches the loop ends the turn', async () => {
    const said = await sayingsOf(
      `for (const end of ['close', 'detach']) {
        const loop = new EventLoop().attach();
        let events = 0;
        loop.watch(eventfd(1), { read: true }, () => { if (++events === 100) loop[end](); });
        process.on('exit', () => { say(end + ' ' + events); });
      }`,
      { host },
    );
    expect(said).toEqual(['close 100', 'detach 100']);
  });
});
