// One run of the benchmarks: what the chosen scenarios need is built, then each is
// measured by the part of the harness that its kind names, and boiled down.
import { build } from './build.mjs';
import { contenders } from './contenders.mjs';
import { measureHeap } from './heap.mjs';
import { measureIdle } from './idle.mjs';
import { measureLoad } from './measure.mjs';
import { npmPackage } from './packages.mjs';
import { peers } from './peers.mjs';
import { pinningProblem } from './processes.mjs';
import { scenarios } from './scenarios.mjs';
import { measureStartup } from './startup.mjs';
import {
  summarizeHeap,
  summarizeIdle,
  summarizeLoad,
  summarizeStartup,
  summarizeWorks,
} from './summary.mjs';
import { measureWork } from './work.mjs';

const kinds = {
  load: { measure: measureLoad, summarize: summarizeLoad },
  idle: { measure: measureIdle, summarize: summarizeIdle },
  heap: { measure: measureHeap, summarize: summarizeHeap },
  work: { measure: measureWork, summarize: summarizeWorks },
  startup: { measure: measureStartup, summarize: summarizeStartup },
};

/**
 * @typedef {{ name: string, launch: (around: any) => import('./peers.mjs').Launch }} Starter
 *
 * @typedef {object} Selection  of what a scenario has; its base takes part in any case
 * @property {(peer: string, scenario: string) => boolean} wantsPeer
 * @property {(work: string, scenario: string) => boolean} wantsWork
 */

export class Session {
  #settings;
  #around;
  #progress;
  /** @type {Map<string, string>} */
  versions = new Map();

  /**
   * @param {import('./measure.mjs').Settings} settings
   * @param {object} around  what the peers need to know to be started
   * @param {(text: string) => void} progress
   */
  constructor(settings, around, progress) {
    this.#settings = settings;
    this.#around = around;
    this.#progress = progress;
  }

  /**
   * Builds what these scenarios need.
   * @param {string[]} scenarioNames
   * @param {import('./options.mjs').Options} options
   * @param {(text: string) => void} progress
   */
  static async prepare(scenarioNames, { settings, cpus }, progress) {
    const kindsOf = new Set(scenarioNames.map((name) => scenarios[name].kind));
    kindsOf.delete('work');
    const withC = scenarioNames.includes('spawn') ? ['spawn-posix'] : [];
    // What compares nothing but ours needs no server in C.
    const few = kindsOf.size === 1 && kindsOf.has('heap') ? ['load', ...withC] : undefined;
    const programs = kindsOf.size === 0 ? withC : few;
    const absentPrograms = programs?.length === 0 ? {} : await build(progress, programs);
    const packageFor = async (scenario, name) =>
      scenarioNames.includes(scenario) ? npmPackage(name, progress) : undefined;
    const around = {
      absentPrograms,
      npmEpoll: await packageFor('watch', 'epoll'),
      npmUnixDgram: await packageFor('unix-dgram', 'unix-dgram'),
      npmNodePty: await packageFor('node-pty', 'node-pty'),
    };
    return new Session(pinned(settings, cpus, progress), around, progress);
  }

  get settings() {
    return this.#settings;
  }

  /**
   * @param {string} name of a scenario
   * @param {Selection} selection
   * @returns {Promise<import('./report.mjs').ScenarioResult>}
   */
  async run(name, { wantsPeer, wantsWork }) {
    const { kind, title, base } = scenarios[name];
    const known = contenders[name] ?? peers;
    const wanted = known.filter((peer) => peer.name === base || wantsPeer(peer.name, name));
    const { commands, absent } = this.#launch(wanted);
    const shared = { name, title, absent };
    if (absent[base] !== undefined) {
      const skipped = `there is nothing to compare with: ${absent[base]}`;
      return { ...shared, summaries: {}, failed: {}, rounds: [], skipped };
    }
    const { measure, summarize } = kinds[kind];
    const measured = await measure(name, commands, this.#settings, this.#progress, (work) =>
      wantsWork(work, name),
    );
    return { ...shared, summaries: summarize(name, measured), ...measured };
  }

  /**
   * Splits the peers into those that can be started and the others.
   * @param {Starter[]} starters
   */
  #launch(starters) {
    /** @type {Map<string, string[]>} */
    const commands = new Map();
    /** @type {Record<string, string>} */
    const absent = {};
    for (const { name, launch } of starters) {
      const launched = launch(this.#around);
      if ('absent' in launched) {
        absent[name] = launched.absent;
        this.#progress(`${name} is absent: ${launched.absent}`);
        continue;
      }
      commands.set(name, launched.command);
      if (launched.version !== undefined) this.versions.set(name, launched.version);
    }
    return { commands, absent };
  }
}

/**
 * @param {import('./measure.mjs').Settings} settings
 * @param {[number, number]} cpus
 * @param {(text: string) => void} progress
 * @returns {import('./measure.mjs').Settings & { unpinned?: string }}
 */
function pinned(settings, cpus, progress) {
  const unpinned = pinningProblem(cpus);
  if (unpinned !== undefined) {
    progress(`nothing is pinned to a core, expect more noise: ${unpinned}`);
    return { ...settings, unpinned };
  }
  return { ...settings, serverCpu: cpus[0], loadCpu: cpus[1] };
}
