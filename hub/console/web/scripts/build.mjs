#!/usr/bin/env node
// Bundles what the hub serves into a folder, dist/ by default: the console (index.html, icon.svg,
// app.js, app.css), its editor, which is loaded when it is needed (editor.js), and the widgets for
// other pages (widgets.js).
//
//   node scripts/build.mjs [FOLDER]
import { copyFile, mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL("..", import.meta.url));

const common = (folder) => ({
  absWorkingDir: here,
  outdir: folder,
  bundle: true,
  target: ["es2022"],
  logLevel: "warning",
});

/** What is bundled of the console, for build and dev server alike. */
export const options = (folder) => ({
  ...common(folder),
  entryPoints: { app: "src/main.tsx", editor: "src/editor/main.ts" },
  // app.js asks for it by its name, when it is needed.
  external: ["./editor.js"],
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
});

/** A classic script, so that it knows where it came from. */
export const widgetOptions = (folder) => ({
  ...common(folder),
  entryPoints: { widgets: "src/widgets/main.ts" },
  format: "iife",
});

export async function copyPage(folder) {
  await mkdir(folder, { recursive: true });
  for (const name of ["index.html", "icon.svg"])
    await copyFile(join(here, name), join(folder, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? join(here, "dist"));
  await copyPage(folder);
  for (const each of [options(folder), widgetOptions(folder)])
    await build({ ...each, minify: true, legalComments: "none" });
}
