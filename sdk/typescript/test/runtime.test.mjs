// Where the package runs: nothing of Node beyond what edge runtimes have, too.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const SETTINGS = JSON.parse(
  await readFile(new URL("types/tsconfig.json", import.meta.url), "utf8"),
);
const run = promisify(execFile);

async function modules(folder = DIST) {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? modules(path) : path.endsWith(".js") ? [path] : [];
    }),
  );
  return found.flat();
}

test("no module but crypto_node.js imports anything that is not its own", async () => {
  for (const path of await modules()) {
    const source = await readFile(path, "utf8");
    const imported = [
      ...source.matchAll(
        /(?:^\s*(?:import|export)[^"']*?\bfrom|^\s*import|\bimport\()\s*"([^"]+)"/gm,
      ),
    ].map((match) => match[1]);
    const foreign = imported.filter((name) => !name.startsWith(".") && name !== "#crypto");
    const allowed = relative(DIST, path) === "crypto_node.js" ? ["node:crypto"] : [];
    assert.deepEqual(foreign, allowed, path);
    assert.doesNotMatch(source, /\b(require\(|Buffer\b|__dirname|setImmediate)/, path);
  }
});

test("package.json has no runtime dependency", async () => {
  const { dependencies, peerDependencies } = JSON.parse(
    await readFile(join(PACKAGE, "package.json"), "utf8"),
  );
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
});

// Goal: a realm with the globals of an edge runtime, and none of Node's, verifies and answers,
// consumes and stays in step.
test("the package works in an edge runtime", async () => {
  const { stdout } = await run(process.execPath, [
    "--no-warnings",
    "--experimental-vm-modules",
    fileURLToPath(new URL("support/edge.mjs", import.meta.url)),
    DIST,
  ]);
  assert.deepEqual(JSON.parse(stdout), {
    consumed: [1, 2],
    said: ["credit", "ack", "subscribe"],
    status: 200,
    action: "update_resource",
    refused: 401,
    health: true,
  });
});

// Goal: what a TypeScript user writes compiles, and what cannot work does not.
test("the types say what is allowed", async () => {
  await run("tsc", ["-p", fileURLToPath(new URL("types", import.meta.url))]).catch((error) =>
    assert.fail(error.stdout),
  );
});

// Goal: what the README shows compiles as it stands there.
test("the README's programs compile", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "katydid-sdk-"));
  t.after(() => rm(folder, { recursive: true }));
  const readme = await readFile(join(PACKAGE, "README.md"), "utf8");
  const programs = [...readme.matchAll(/```ts\n([^]*?)```/g)].map((match) => match[1]);
  assert.equal(programs.length, 7);
  const given = `import type { EventInput } from "@katydid/sdk";
    declare global {
      var row: EventInput & { production_id?: string };
      var apiKey: string;
      var process: { env: Record<string, string | undefined> };
      function markResource(id: unknown, isFree: unknown): Promise<void>;
      function storeProductionId(id: unknown, productionId: unknown): Promise<void>;
    }`;
  await Promise.all(
    ["package.json", "dist"].map((name) => symlink(join(PACKAGE, name), join(folder, name))),
  );
  await writeFile(join(folder, "given.ts"), given);
  const files = programs.map((_, at) => join(folder, `program_${at}.ts`));
  await Promise.all(files.map((file, at) => writeFile(file, programs[at])));
  const settings = { ...SETTINGS, files: [join(folder, "given.ts"), ...files] };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(settings));
  await run("tsc", ["-p", folder]).catch((error) => assert.fail(error.stdout));
});
