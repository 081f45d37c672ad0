// A chart as data: what the page's script is given. It runs in a browser, so that this
// file stands apart from all that is Node's.

/** One figure of all rounds. */
export interface Figure {
  median: number;
  min: number;
  max: number;
}

export interface Series {
  name: string;
  /** Which colour and mark: a model, or a kind of memory. */
  style: 'loop' | 'guest' | 'threads' | 'net' | 'resident' | 'kernel';
  /** One for each label; null: not measured, or not told. */
  points: (Figure | null)[];
}

export interface Chart {
  id: string;
  title: string;
  /** Of the values. */
  unit: string;
  sentence: string;
  /** Lines over the connections, or bars upon each other. */
  kind: 'lines' | 'bars';
  scale: 'linear' | 'logarithmic';
  /** What the labels are. */
  labelled: string;
  labels: string[];
  series: Series[];
}
