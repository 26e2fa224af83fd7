#!/usr/bin/env node
// Serves the console with reload, for work on it, and passes /v1 on to a running hub with
// the key of KATYDID_API_KEY_FILE, so that nobody has to sign in. See script/console.
import { readFile, mkdtemp, watch } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { context } from "esbuild";
import { copyPage, options } from "./build.mjs";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".map": "application/json",
};
/** As the hub serves it, with the connection for reload. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PAGE_FILES = ["index.html", "icon.svg"];

/** \param settings {hub: URL of the hub, key, port} */
export async function startDevServer({ hub, key, port = 0 }) {
  const folder = await mkdtemp(join(tmpdir(), "katydid-console-"));
  const listeners = new Set();
  const reload = {
    name: "reload",
    setup: (build) =>
      build.onEnd(() => listeners.forEach((each) => each.write("data: reload\n\n"))),
  };
  const bundle = await context({ ...options(folder), sourcemap: true, plugins: [reload] });
  await copyPage(folder);
  await bundle.rebuild();
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://dev");
    if (pathname === "/") return response.writeHead(302, { Location: "/console/" }).end();
    if (pathname === "/console/reload") return listen(listeners, response);
    if (pathname === "/console/session") return answerSession(request, response);
    if (pathname.startsWith("/console/")) return serveFile(folder, pathname, response);
    return passOn(new URL(hub), key, request, response);
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}/console/`, bundle, folder, server };
}

function listen(listeners, response) {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  listeners.add(response);
  response.on("close", () => listeners.delete(response));
}

/** A developer of the console is signed in, with everything allowed that the key allows. */
function answerSession(request, response) {
  if (request.method === "DELETE") return response.writeHead(204).end();
  const session = {
    tenant: { id: "", name: "default" },
    role: "admin",
    operator: true,
    scopes: ["admin"],
    person: null,
    portal: false,
    subscriptions: null,
    csrf: "dev",
    expires_at: new Date(Date.now() + 86_400_000).toISOString(),
  };
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(session));
}

async function serveFile(folder, pathname, response) {
  const name = pathname.slice("/console/".length) || "index.html";
  if (!/^[a-z]+\.[a-z.]+$/.test(name)) return response.writeHead(404).end();
  try {
    const bytes = await readFile(join(folder, name));
    const reload =
      name === "app.js" ? '\nnew EventSource("reload").onmessage = () => location.reload();\n' : "";
    response.writeHead(200, {
      "Content-Type": TYPES[extname(name)] ?? "text/plain",
      "Content-Security-Policy": POLICY,
      "Cache-Control": "no-store",
    });
    response.end(Buffer.concat([bytes, Buffer.from(reload)]));
  } catch {
    response.writeHead(404).end();
  }
}

function passOn(hub, key, request, response) {
  const headers = { ...request.headers, host: hub.host, authorization: `Bearer ${key}` };
  const onward = http.request(
    new URL(request.url, hub),
    { method: request.method, headers },
    (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    },
  );
  onward.on("error", () =>
    response.headersSent ? response.destroy() : response.writeHead(502).end(),
  );
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}

async function main() {
  const hub = process.env.KATYDID_URL ?? "http://127.0.0.1:8080";
  const file = process.env.KATYDID_API_KEY_FILE ?? "katydid-data/operator.key";
  const key = process.env.KATYDID_API_KEY ?? (await readFile(file, "utf8")).trim();
  const { url, bundle, folder } = await startDevServer({
    hub,
    key,
    port: Number(process.env.PORT ?? 8090),
  });
  await bundle.watch();
  console.log(`${url}  for the hub at ${hub}`);
  const root = fileURLToPath(new URL("..", import.meta.url));
  for await (const { filename } of watch(root))
    if (PAGE_FILES.includes(filename)) await copyPage(folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
