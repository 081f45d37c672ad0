// rawloop/inspect: what a loop did.
export { FlightRecorder, type FlightRecorderOptions } from './flight-recorder.js';
export type {
  CallbackRecord,
  FlightRecord,
  IterationRecord,
  RequestRecord,
  WaitRecord,
  WakeReason,
} from './records.js';
export { type PictureOptions, toText } from './text.js';
export { type Trace, type TraceEvent, toTrace, writeTrace } from './trace-events.js';
