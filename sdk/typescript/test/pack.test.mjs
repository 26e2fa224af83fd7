// What `npm pack` makes of a clean clone, where nothing is built yet.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const UNTRACKED = ["dist", "node_modules"];

async function filesBelow(folder, at = "") {
  const entries = await readdir(join(folder, at), { withFileTypes: true });
  const found = entries.map((entry) => {
    const path = join(at, entry.name);
    return entry.isDirectory() ? filesBelow(folder, path) : [path];
  });
  return (await Promise.all(found)).flat();
}

// Goal: the package has every module, and a project that installs it can call the hub.
test("npm pack in a clean clone makes a package that works", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "katydid-sdk-"));
  t.after(() => rm(folder, { recursive: true }));
  const [clone, project] = [join(folder, "clone"), join(folder, "project")];
  await cp(PACKAGE, clone, {
    recursive: true,
    filter: (path) => !UNTRACKED.includes(basename(path)) && !path.endsWith(".tgz"),
  });
  await mkdir(project);
  await run("npm", ["pack", "--silent", "--offline", "--pack-destination", project], { cwd: clone });
  const [archive] = await readdir(project);
  const installed = join(project, "node_modules/@katydid/sdk");
  await mkdir(installed, { recursive: true });
  await run("tar", ["-xzf", archive, "-C", installed, "--strip-components=1"], { cwd: project });

  const sources = (await filesBelow(join(PACKAGE, "src"))).filter((each) => !each.endsWith(".d.ts"));
  const built = sources.flatMap((each) => [".js", ".d.ts"].map((end) => each.replace(/\.ts$/, end)));
  const others = ["LICENSE", "README.md", "package.json"];
  assert.deepEqual(
    (await filesBelow(installed)).sort(),
    [...built.map((each) => join("dist", each)), ...others].sort(),
  );
  const program = `import { KatydidClient } from "@katydid/sdk";
    const fetch = async (url) => new Response(JSON.stringify({ id: url }));
    console.log((await new KatydidClient({ url: "http://hub", fetch }).getEvent({ id: "e" })).id);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], {
    cwd: project,
  });
  assert.equal(stdout, "http://hub/v1/events/e\n");
});
