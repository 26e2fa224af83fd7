#!/usr/bin/env node
// Writes src/generated/: the webhooks' types from handlers/dialects/, and the client of /v1 from a hub.
//
//   node scripts/generate.mjs                          the webhooks' types only
//   node scripts/generate.mjs ../../build/dev/hub/katydid   the client too, from this program
//   node scripts/generate.mjs openapi.json             or from a document, a file or a URL
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { eventsSource } from "./events_source.mjs";
import { v1Source } from "./v1_source.mjs";

const GENERATED = new URL("../src/generated/", import.meta.url);

export async function readEvents(handlers) {
  const read = async (path) => JSON.parse(await readFile(new URL(path, handlers), "utf8"));
  const catalogs = await Promise.all(
    ["atlvs", "grasshopper"].map((each) => read(`${each}/catalog.json`)),
  );
  const schemas = new Map();
  for (const { source, types, bridge = [] } of catalogs)
    for (const { schema } of [...types, ...bridge].filter((each) => each.schema))
      schemas.set(`${source}/${schema}`, await read(`${source}/schemas/${schema}.json`));
  return eventsSource(catalogs, (source, name) => schemas.get(`${source}/${name}`));
}

async function readDocument(place) {
  if (/^https?:/.test(place)) return readUrl(place);
  if (place.endsWith(".json")) return JSON.parse(await readFile(place, "utf8"));
  const { whileHubRuns } = await import("../test/support/programs.mjs");
  return whileHubRuns(resolve(place), (hub) => readUrl(`${hub}/openapi.json`));
}

async function readUrl(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

async function main([place]) {
  const handlers = new URL("../../../handlers/dialects/", import.meta.url);
  await writeFile(new URL("events.ts", GENERATED), await readEvents(handlers));
  if (place === undefined) return;
  const files = v1Source(await readDocument(place));
  const folder = new URL("v1/", GENERATED);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const [name, text] of files) await writeFile(new URL(name, folder), text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
