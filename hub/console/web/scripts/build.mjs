#!/usr/bin/env node
// Bundles the console into a folder, dist/ by default: index.html, icon.svg, app.js, app.css.
//
//   node scripts/build.mjs [FOLDER]
import { copyFile, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));

/** What is bundled, for build and dev server alike. */
export const options = (folder) => ({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx" },
  outdir: folder,
  bundle: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
});

export async function copyPage(folder) {
  await mkdir(folder, { recursive: true });
  for (const name of ["index.html", "icon.svg"])
    await copyFile(join(here, name), join(folder, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? join(here, "dist"));
  await copyPage(folder);
  await build({ ...options(folder), minify: true, legalComments: "none" });
}
