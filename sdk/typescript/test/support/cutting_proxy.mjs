// A connection that breaks, or falls silent, when a test wants it to.
import { connect, createServer } from "node:net";
import { once } from "node:events";

/**
 * Between a client and the hub: on request it cuts every connection, or swallows what comes over
 * those that are open, as when a machine vanishes.
 */
export async function cuttingProxy(t, target) {
  const { hostname, port } = new URL(target);
  const open = new Set();
  const server = createServer((client) => {
    const hub = connect(Number(port), hostname);
    const pair = { client, hub };
    open.add(pair);
    client.pipe(hub).pipe(client);
    for (const each of [client, hub]) {
      each.on("error", () => {});
      each.on("close", () => {
        open.delete(pair);
        client.destroy();
        hub.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    for (const { client, hub } of open) {
      client.resetAndDestroy();
      hub.resetAndDestroy();
    }
  };
  const swallow = () => {
    for (const { client, hub } of open) {
      client.unpipe(hub).resume();
      hub.unpipe(client).resume();
    }
  };
  t.after(() => {
    cut();
    server.close();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, cut, swallow };
}
