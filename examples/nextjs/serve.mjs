// What Next.js does with route files, in so far as this example needs it: app/api/x/route.js
// serves /api/x, its exported GET, POST … each take a Request and return a Response.
import { createServer } from "node:http";
import { readdir } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const APP = fileURLToPath(new URL("build/app", import.meta.url));

async function routeFiles(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? routeFiles(path) : entry.name === "route.js" ? [path] : [];
    }),
  );
  return found.flat();
}

const routes = new Map();
for (const file of await routeFiles(APP))
  routes.set(
    `/${relative(APP, dirname(file)).split(sep).join("/")}`,
    await import(pathToFileURL(file)),
  );

async function answer(incoming) {
  const url = new URL(incoming.url, `http://${incoming.headers.host}`);
  const handle = routes.get(url.pathname)?.[incoming.method];
  if (handle === undefined)
    return new Response(null, { status: routes.has(url.pathname) ? 405 : 404 });
  const chunks = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const hasBody = !["GET", "HEAD"].includes(incoming.method);
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  return handle(
    new Request(url, {
      method: incoming.method,
      headers,
      ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
    }),
  );
}

const server = createServer(async (incoming, outgoing) => {
  const response = await answer(incoming).catch((error) => {
    console.error(error);
    return new Response(null, { status: 500 });
  });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
});

server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () =>
  console.log(`listening on http://127.0.0.1:${server.address().port}`),
);
process.on("SIGTERM", () => server.close().closeAllConnections());
