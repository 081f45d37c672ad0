// What resolv.conf says: which servers are asked, how often, and what short names are short
// for. See resolv.conf(5).
import { parseServer, type ServerAddress } from './servers.js';

export interface ResolvConf {
  readonly servers: readonly ServerAddress[];
  readonly search: readonly string[];
  readonly ndots: number;
  readonly timeoutMs: number;
  readonly tries: number;
  readonly rotate: boolean;
  readonly tcp: boolean;
}

/** More are never needed; it is to be no list without end. */
const MAX_SERVERS = 32;
const MAX_SEARCH = 32;
/** As the C library caps them. */
const MAX_NDOTS = 15;
const MAX_TIMEOUT_S = 30;
const MAX_ATTEMPTS = 5;

/** The number of 'ndots:2', from `min` to `max`; undefined: it is another option. */
function numberOf(option: string, name: string, min: number, max: number): number | undefined {
  const match = new RegExp(`^${name}:(\\d+)$`).exec(option);
  return match === null ? undefined : Math.min(Math.max(Number(match[1]), min), max);
}

/** The words of its lines that begin with `keyword`, by line. */
function wordsOf(text: string, keyword: string): string[][] {
  return text
    .split('\n')
    .map((line) =>
      line
        .replace(/[#;].*$/, '')
        .trim()
        .split(/\s+/),
    )
    .filter(([first]) => first === keyword)
    .map(([, ...words]) => words);
}

/** The last of `search` and `domain` counts. */
function searchOf(text: string): string[] {
  let found: string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...words] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'search') found = words;
    else if (keyword === 'domain') found = words.slice(0, 1);
  }
  return found.map((domain) => domain.replace(/\.$/, '')).filter((domain) => domain !== '');
}

export function parseResolvConf(text: string): ResolvConf {
  const options = wordsOf(text, 'options').flat();
  const last = (name: string, min: number, max: number) =>
    options
      .map((each) => numberOf(each, name, min, max))
      .filter((each) => each !== undefined)
      .at(-1);
  const servers = wordsOf(text, 'nameserver')
    .map(([address = '']) => parseServer(address))
    .filter((server) => server !== undefined)
    .slice(0, MAX_SERVERS);
  return {
    servers: servers.length > 0 ? servers : [{ address: '127.0.0.1', port: 53 }],
    search: searchOf(text).slice(0, MAX_SEARCH),
    ndots: last('ndots', 0, MAX_NDOTS) ?? 1,
    timeoutMs: (last('timeout', 1, MAX_TIMEOUT_S) ?? 5) * 1000,
    tries: last('attempts', 1, MAX_ATTEMPTS) ?? 2,
    rotate: options.includes('rotate'),
    tcp: options.includes('use-vc'),
  };
}
