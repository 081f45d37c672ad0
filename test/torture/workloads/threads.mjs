// The server with a thread per connection: its errors come through the loop.
export default {
  // A call that blocks waits.
  never: { send: ['EAGAIN'], recv: ['EAGAIN'] },
  // Wake-ups by pipe: see pool.mjs.
  only: { write: ['EINTR'], read: ['EINTR', 'EAGAIN'] },
  run(round, loop) {
    const { ThreadPerConnectionServer } = round.rawloop;
    const server = round.attempt(() =>
      new ThreadPerConnectionServer({
        loop,
        host: '127.0.0.1',
        onError: (error) => round.tell(error),
      }).start(),
    );
    round.clients('echo', server?.address?.port, 5);
    round.clients('storm', server?.address?.port, 20);
    // Not at once: what is told of the last client is on its way.
    round.whenAllEnded(() => loop.setTimeout(() => server?.stop(), 1));
  },
};
