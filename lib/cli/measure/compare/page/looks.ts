// How lines are told apart other than by their colour, which not everyone sees and paper
// does not have: by their dashes and their marks. For the script of the page, which draws
// them, and for its text, which has the legend.
import type { Series } from '../charts.js';

export interface Look {
  /** Lengths of dash and gap, in pixels; none: solid. */
  dash: readonly number[];
  mark: 'circle' | 'rectRot' | 'triangle' | 'rect';
}

export const LOOKS: Readonly<Record<Series['style'], Look>> = {
  loop: { dash: [], mark: 'circle' },
  guest: { dash: [8, 4], mark: 'rectRot' },
  threads: { dash: [2, 3], mark: 'triangle' },
  net: { dash: [10, 3, 2, 3], mark: 'rect' },
  resident: { dash: [], mark: 'rect' },
  kernel: { dash: [], mark: 'rect' },
};
