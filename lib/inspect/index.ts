// rawloop/inspect: what a loop did.
export {
  type FlightRecord,
  FlightRecorder,
  type FlightRecorderOptions,
  type WakeReason,
} from './flight-recorder.js';
export { type Trace, type TraceEvent, toTrace } from './trace-events.js';
