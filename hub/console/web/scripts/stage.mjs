// A hub with something to see: what the screenshots and the browser tests look at.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/**
 * \param program  the built katydid. Ends with `stop()`.
 * \param settings  variables of its environment
 * \param toml  its settings file
 */
export async function startHub(program, settings = {}, toml = "") {
  const folder = await mkdtemp(join(tmpdir(), "katydid-stage-"));
  await writeFile(join(folder, "katydid.toml"), toml);
  const portFile = join(folder, "ports.json");
  const args = [
    "serve",
    "--listen",
    "127.0.0.1:0",
    "--operator-listen",
    "127.0.0.1:0",
    "--data-dir",
    join(folder, "data"),
    "--port-file",
    portFile,
    "--log-format",
    "json",
  ];
  const environment = {
    PATH: process.env.PATH,
    HOME: folder,
    KATYDID_EGRESS_ALLOW: "127.0.0.0/8",
    ...settings,
  };
  const child = spawn(program, args, {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const log = [];
  const exited = new Promise((done) => child.on("exit", done));
  const ready = new Promise((done) => {
    createInterface({ input: child.stderr }).on("line", (line) => {
      log.push(line);
      if (line.includes("hub.ready")) done();
    });
  });
  await Promise.race([
    ready,
    exited.then(() => Promise.reject(new Error(`the hub ended:\n${log.join("\n")}`))),
  ]);
  const ports = JSON.parse(await readFile(portFile, "utf8"));
  const key = (await readFile(join(folder, "data", "operator.key"), "utf8")).trim();
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  const scheme = settings.KATYDID_TLS_CERTIFICATE_FILE ? "https" : "http";
  return { url: `${scheme}://${ports.listen}`, key, log, stop };
}

/** A receiver: answers() says what to each path. */
export async function startReceiver(answers) {
  const server = http.createServer((request, response) => {
    request.resume().on("end", () => {
      const { status = 204, body = "", type = "application/json" } = answers(request.url) ?? {};
      response.writeHead(status, { "Content-Type": type }).end(body);
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const stop = () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}

export function caller({ url, key }) {
  return async (method, path, body, tenant) => {
    const headers = {
      Authorization: `Bearer ${key}`,
      ...(tenant ? { "Katydid-Tenant": tenant } : {}),
    };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await fetch(url + path, {
      method,
      headers,
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
}

/** Asks until the answer will do. */
export async function until(ask, isEnough, what) {
  for (let turn = 0; turn < 600; turn++) {
    const answer = await ask();
    if (isEnough(answer)) return answer;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`did not come about: ${what}`);
}

/** Subscriptions, events and failures as a shop with an own platform would have them. */
export async function fillHub(hub, receiver) {
  const call = caller(hub);
  const subscribe = (name, path, event_types, more = {}) =>
    call("POST", "/v1/subscriptions", {
      name,
      event_types,
      handler: { url: receiver.url + path },
      ...more,
    });
  const warehouse = await subscribe("warehouse", "/ok", ["order.*"], {
    limits: { in_flight: 20, ordering: "key", order_key: "/payload/id" },
  });
  const invoices = await subscribe("invoices", "/invoices", ["order.paid", "order.refunded"], {
    retry: { delays: ["1h"] },
  });
  const analytics = await subscribe("analytics", "/ok", ["*"], { dialect: "cloudevents" });
  const legacy = await subscribe("legacy-crm", "/moved", ["customer.*"], {
    retry: { statuses: { 301: "dead" } },
  });
  const mail = await subscribe("mail", "/ok", ["customer.created"]);
  await call("POST", `/v1/subscriptions/${mail.id}/pause`);
  await call("POST", "/v1/sources", {
    name: "stripe",
    schemes: ["stripe"],
    secret: "whsec_stage_stage_stage",
  });
  await call("POST", "/v1/sources", {
    name: "github",
    schemes: ["github"],
    secret: "stage-secret-of-github",
  });
  await call("POST", "/v1/event-types", {
    name: "order.paid",
    description: "An order was paid in full",
    schema: {
      type: "object",
      required: ["id"],
      properties: { id: { type: "string" }, total: { type: "number" } },
    },
  });
  await call("POST", "/v1/keys", { name: "checkout backend", scopes: ["events:write"] });
  await call("POST", "/v1/tenants", { name: "northwind" });
  for (const [source, header] of [
    ["stripe", "Stripe-Signature: t=1700000000,v1=00ff"],
    ["github", "X-Hub-Signature-256: sha256=00ff"],
  ])
    await fetch(`${hub.url}/api/webhooks/${source}`, {
      method: "POST",
      headers: {
        [header.split(": ")[0]]: header.split(": ")[1],
        "Content-Type": "application/json",
      },
      body: '{"id":"evt_1","type":"invoice.paid"}',
    });
  const types = [
    "order.created",
    "order.paid",
    "order.shipped",
    "customer.created",
    "customer.changed",
    "order.refunded",
  ];
  for (let round = 0; round < 20; round++)
    await call(
      "POST",
      "/v1/events",
      types.map((type, index) => ({
        type,
        subject: `customer-${round}`,
        key: `order-${round}`,
        data: payloadOf(round * 10 + index),
      })),
    );
  // Two numbers that JavaScript cannot hold.
  await call(
    "POST",
    "/v1/events",
    '{"type":"order.paid","data":{"id":9007199254740993,"total":1.10,"big":123456789012345678901234567890,"lines":[{"sku":"K-1","count":2},{"sku":"K-2","count":1}],"paid":true,"note":null}}',
  );
  const subscriptions = { warehouse, invoices, analytics, legacy, mail };
  await until(
    () => call("GET", `/v1/deliveries?subscription=${legacy.id}&state=dead&limit=1`),
    ({ data }) => data.length > 0,
    "a dead delivery",
  );
  return { call, subscriptions };
}

const payloadOf = (number) => ({
  id: `order-${number}`,
  total: 1999 + number,
  currency: "EUR",
  customer: { name: "Ada Lovelace", country: "GB" },
  lines: [{ sku: "KATY-1", count: 2, price: 999.5 }],
  gift: number % 3 === 0,
});

/** What the receiver of fillHub() answers. */
export const stageAnswers = (path) => {
  if (path === "/invoices")
    return { status: 500, body: '{"error":"database is locked","trace":"9007199254740993"}' };
  if (path === "/moved") return { status: 301, body: "" };
  return { status: 200, body: '{"ok":true}' };
};
