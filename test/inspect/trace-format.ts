// The trace-event format, as its public description has it: which members an event of
// each phase type must have, and what must hold between events. `problemsOf` says what
// is wrong with a file; of a sound one, nothing.

type Check = (value: unknown) => boolean;
type Event = Record<string, unknown>;

const isText: Check = (value) => typeof value === 'string';
const isName: Check = (value) => typeof value === 'string' && value.trim() !== '';
const isUs: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isId: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isObject: Check = (value) =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isSeries: Check = (value) =>
  isObject(value) && Object.values(value as object).every((one) => Number.isFinite(one));
const isScope: Check = (value) => value === 'g' || value === 'p' || value === 't';
const isAsyncId: Check = (value) => typeof value === 'string' || Number.isSafeInteger(value);

/** Members of all events. */
const COMMON: Record<string, Check> = { name: isName, ph: isText, pid: isId, tid: isId };
const TIMED = { cat: isText, ts: isUs };

/** And those of each phase type. */
const BY_PHASE: Record<string, Record<string, Check>> = {
  // complete
  X: { ...TIMED, dur: isUs, args: isObject },
  // duration
  B: TIMED,
  E: TIMED,
  // instant
  i: { ...TIMED, s: isScope },
  // counter
  C: { ...TIMED, args: isSeries },
  // nestable asynchronous
  b: { ...TIMED, cat: isName, id: isAsyncId },
  n: { ...TIMED, cat: isName, id: isAsyncId },
  e: { ...TIMED, cat: isName, id: isAsyncId },
  // metadata
  M: { args: isObject },
};

/** Metadata and the member of args that each has. */
const METADATA: Record<string, [member: string, check: Check]> = {
  process_name: ['name', isName],
  process_labels: ['labels', isText],
  process_sort_index: ['sort_index', Number.isInteger],
  thread_name: ['name', isName],
  thread_sort_index: ['sort_index', Number.isInteger],
};

/** Half a nanosecond, in µs: sums of doubles are not exact. */
const EXACT_US = 0.0005;

/** What is wrong with the text of a trace file. */
export function problemsOf(text: string): string[] {
  const trace = JSON.parse(text) as { traceEvents?: unknown; displayTimeUnit?: unknown };
  // The format is an object with traceEvents, or that array itself.
  const events = Array.isArray(trace) ? trace : trace.traceEvents;
  if (!Array.isArray(events)) return ['there is no array traceEvents'];
  const unit = trace.displayTimeUnit;
  const problems = unit === undefined || unit === 'ms' || unit === 'ns' ? [] : ['displayTimeUnit'];
  for (const [index, event] of events.entries()) {
    problems.push(...eventProblems(event as Event).map((what) => `event ${index}: ${what}`));
  }
  if (problems.length > 0) return problems;
  return [...nestingProblems(events as Event[]), ...pairProblems(events as Event[])];
}

function eventProblems(event: Event): string[] {
  if (!isObject(event)) return ['is no object'];
  const own = BY_PHASE[String(event['ph'])];
  if (own === undefined) return [`ph '${event['ph']}' is none`];
  const wrong = Object.entries({ ...COMMON, ...own })
    .filter(([member, check]) => !check(event[member]))
    .map(([member]) => `${member} of '${event['ph']}' is ${JSON.stringify(event[member])}`);
  if (event['ph'] !== 'M' || wrong.length > 0) return wrong;
  const [member, check] = METADATA[String(event['name'])] ?? ['', () => false];
  const sound = check((event['args'] as Event)[member]);
  return sound ? [] : [`metadata ${event['name']} ${JSON.stringify(event['args'])}`];
}

/** Spans of one thread lie within each other or apart, as calls do. */
function nestingProblems(events: Event[]): string[] {
  const problems: string[] = [];
  for (const spans of groupsOf(events, 'X', (event) => `${event['pid']} ${event['tid']}`)) {
    const at = (event: Event) => event['ts'] as number;
    const endOf = (event: Event) => at(event) + (event['dur'] as number);
    spans.sort((a, b) => at(a) - at(b) || endOf(b) - endOf(a));
    const open: Event[] = [];
    for (const span of spans) {
      while (open.length > 0 && endOf(open.at(-1) as Event) <= at(span) + EXACT_US) open.pop();
      const outer = open.at(-1);
      if (outer !== undefined && endOf(span) > endOf(outer) + EXACT_US) {
        problems.push(`${span['name']} at ${at(span)} begins in ${outer['name']}, ends after it`);
      }
      open.push(span);
    }
  }
  return problems;
}

/** Each end has its begin, inside out, and not before it. */
function pairProblems(events: Event[]): string[] {
  const problems: string[] = [];
  const keyOf = (event: Event) => `${event['pid']} ${event['cat']} ${event['id']}`;
  for (const events_ of groupsOf(events, 'be', keyOf)) {
    const open: Event[] = [];
    for (const event of events_) {
      if (event['ph'] === 'b') {
        open.push(event);
        continue;
      }
      const begin = open.pop();
      const late = (event['ts'] as number) - ((begin?.['ts'] as number) ?? Number.NaN);
      if (begin?.['name'] !== event['name'] || !(late >= -EXACT_US)) {
        problems.push(`'e' of ${event['name']} (${keyOf(event)}) has no 'b' before it`);
      }
    }
    for (const event of open) problems.push(`'b' of ${event['name']} has no 'e'`);
  }
  return problems;
}

function groupsOf(events: Event[], phases: string, keyOf: (event: Event) => string): Event[][] {
  const groups = new Map<string, Event[]>();
  for (const event of events) {
    if (!phases.includes(event['ph'] as string)) continue;
    const key = keyOf(event);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  return [...groups.values()];
}
