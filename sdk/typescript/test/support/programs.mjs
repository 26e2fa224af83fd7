// Starts Katydid's programs at free ports and ends them. Nothing here waits by the clock.
import { execFile, spawn } from "node:child_process";
import { constants } from "node:fs";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { test as nodeTest } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const PASSED_ON = [
  "PATH",
  "HOME",
  "ASAN_OPTIONS",
  "UBSAN_OPTIONS",
  "TSAN_OPTIONS",
  "LLVM_PROFILE_FILE",
];

export const ATLVS_SECRET = "swordfish";
export const ATLVS_KEY = "atlvs_test_key";

/** A test that waits for what never comes ends, and ends its programs. */
export function test(name, body) {
  return nodeTest(name, { timeout: 60_000 }, body);
}

export async function temporaryFolder(t) {
  const folder = await mkdtemp(join(tmpdir(), "katydid-sdk-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

/** A hub with these settings: {url, operatorKey}. It ends with the test. */
export async function startHub(t, variables = {}) {
  const folder = await temporaryFolder(t);
  const ports = await start(
    t,
    "katydid",
    folder,
    [
      program("KATYDID_BINARY"),
      "serve",
      "--listen",
      "127.0.0.1:0",
      "--operator-listen",
      "127.0.0.1:0",
      "--data-dir",
      join(folder, "data"),
    ],
    { KATYDID_EGRESS_ALLOW: "127.0.0.0/8", ATLVS_WEBHOOK_SECRET: ATLVS_SECRET, ...variables },
  );
  const operatorKey = (await readFile(ports.operator_key_file, "utf8")).trim();
  return { url: `http://${ports.listen}`, operatorKey };
}

/** ATLVS as it is simulated: {url, setMode, writes}. */
export async function startATLVS(t) {
  const folder = await temporaryFolder(t);
  const ports = await start(
    t,
    "atlvs",
    folder,
    [program("ATLVS_SIMULATOR_BINARY"), "--listen", "127.0.0.1:0", "--count", "0"],
    {
      ATLVS_WEBHOOK_SECRET: ATLVS_SECRET,
      ATLVS_PARTNER_SECRET: "partner",
      ATLVS_API_KEY: ATLVS_KEY,
    },
  );
  const url = `http://${ports.listen}`;
  return {
    url,
    setMode: (mode) => postJson(`${url}/_sim/api`, { mode }),
    post: (count, hub) => postJson(`${url}/_sim/post`, { count, hub }),
    writes: async () => (await fetch(`${url}/_sim/writes`)).json(),
  };
}

/** `katydid sign` and the like: what it prints. */
export async function katydid(...words) {
  return (await run(program("KATYDID_BINARY"), words, { env: process.env })).stdout;
}

export async function postJson(url, body, headers = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Outside of a test: what `work` makes of a running hub's URL. */
export async function whileHubRuns(binary, work) {
  process.env.KATYDID_BINARY = binary;
  const ends = [];
  try {
    const { url } = await startHub({ after: (end) => ends.unshift(end) });
    return await work(url);
  } finally {
    for (const end of ends) await end();
  }
}

function program(variable) {
  const path = process.env[variable];
  if (!path) throw new Error(`${variable} must name the program (ctest sets it)`);
  return path;
}

async function start(t, name, folder, command, variables) {
  const portFile = join(folder, "ports");
  await run("mkfifo", [portFile]);
  const log = await open(join(folder, "log"), "w");
  const passedOn = Object.fromEntries(
    PASSED_ON.filter((each) => each in process.env).map((each) => [each, process.env[each]]),
  );
  const child = spawn(command[0], [...command.slice(1), "--port-file", portFile], {
    cwd: folder,
    stdio: ["ignore", log.fd, log.fd],
    env: { ...passedOn, ...variables },
  });
  const ended = once(child, "exit");
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
    await log.close();
  });
  // A program that ends too early never opens the FIFO: then we do, and the reader gets nothing.
  const release = ended
    .then(() => open(portFile, constants.O_WRONLY | constants.O_NONBLOCK))
    .then(
      (file) => file.close(),
      () => {},
    );
  const line = await readFile(portFile, "utf8");
  if (line === "") {
    await release;
    throw new Error(`${name} ended by itself:\n${await readFile(join(folder, "log"), "utf8")}`);
  }
  return JSON.parse(line);
}
