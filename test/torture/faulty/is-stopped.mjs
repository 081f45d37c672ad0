// Sound, but its process is stopped for longer than a round may be without progress.
import { spawn } from 'node:child_process';
import { echo } from './echo.mjs';

const STOPPED_S = 4;
const LOOKED_MS = 300;

export default {
  run(round, loop) {
    echo(round, loop, {
      // The refusal has struck, and others are under way.
      close(_socket, error) {
        if (error === undefined) return;
        const goOn = `sleep ${STOPPED_S}; kill -CONT ${process.pid}`;
        spawn('sh', ['-c', goOn], { stdio: 'ignore', detached: true }).unref();
        process.kill(process.pid, 'SIGSTOP');
        // The referee looks before anything has got on.
        round.sleep(LOOKED_MS);
      },
    });
  },
};
