// A handler that names what the call gives, as examples do: `Returned` in handlers.ts says
// what it takes. TypeScript 5.2 wants such a handler to have its body in braces.
import { EventLoop } from 'rawloop';

const loop = new EventLoop();
const echo = loop.listen({ port: 0 }, { close: () => echo.close(), end: async () => {} });
const typed = loop.listen<{ name: string }>(
  { port: 0 },
  {
    data: (socket) => {
      if (typed.connections > 1) socket.end(socket.data.name);
    },
    close: () => typed.close(),
  },
);

export { echo, typed };
