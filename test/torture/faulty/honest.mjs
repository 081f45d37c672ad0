// The same as the faulty ones, without a fault.
import { echo } from './echo.mjs';

export default { run: (round, loop) => echo(round, loop) };
