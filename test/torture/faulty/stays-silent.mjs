import { echo } from './echo.mjs';

export default {
  run(round, loop) {
    const { tell } = round;
    round.tell = () => {};
    echo(round, loop);
    round.tell = tell;
  },
};
