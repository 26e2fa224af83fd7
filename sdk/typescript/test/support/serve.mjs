// Serves a Request → Response function under Node, as a framework would.
import { createServer } from "node:http";
import { once } from "node:events";

/** The URL it is served at. It ends with the test. */
export async function serve(t, handle) {
  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method } = incoming;
    const headers = Object.entries(incoming.headersDistinct).flatMap(([name, values]) =>
      values.map((value) => [name, value]),
    );
    const body = method === "GET" || method === "HEAD" ? {} : { body: Buffer.concat(chunks) };
    const response = await handle(
      new Request(`http://${incoming.headers.host}${incoming.url}`, { method, headers, ...body }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** A list that can be waited on: `take()` is the next thing put in, now or later. */
export function queue() {
  const things = [];
  const waiting = [];
  return {
    put(thing) {
      const first = waiting.shift();
      if (first) first(thing);
      else things.push(thing);
    },
    take() {
      return things.length > 0
        ? Promise.resolve(things.shift())
        : new Promise((done) => waiting.push(done));
    },
  };
}
