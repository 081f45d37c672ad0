// The client is closed, as it must be, and nobody hears why.
import { echo } from './echo.mjs';

export default {
  run(round, loop) {
    round.tell = () => {};
    echo(round, loop);
  },
};
