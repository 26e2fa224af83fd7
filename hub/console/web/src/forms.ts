// Forms as data: fields of an object of the API as texts that a person edits, and back. Pure.
import { member, parseJson, type Json } from "./json/parse";
import { RawJson, writePretty } from "./json/write";

export interface Field {
  /** Where it stands in the body: "/handler/url". */
  pointer: string;
  label: string;
  kind:
    "text" | "number" | "choice" | "switch" | "list" | "map" | "json" | "code" | "secret" | "time";
  options?: string[];
  /** Of code, by what else is in the form. */
  language?: (now: Texts) => "javascript" | "plain";
  required?: boolean;
  /** What empty text is sent as, where it was filled before. */
  cleared?: "null" | "empty";
  /** Not in the form of what exists already, e.g. a name that cannot be changed. */
  isNewOnly?: boolean;
}

/** A text for each pointer. Switches are "true" or "false", lists and maps have a line for each. */
export type Texts = Record<string, string>;

const partsOf = (pointer: string) => pointer.slice(1).split("/");

/** \param value  undefined for what is to be made */
export function readTexts(fields: Field[], value: Json | undefined): Texts {
  return Object.fromEntries(
    fields.map((field) => {
      const part = partsOf(field.pointer).reduce<Json | undefined>(member, value);
      return [field.pointer, part ? readText(field, part) : ""];
    }),
  );
}

function readText(field: Field, value: Json): string {
  if (value.kind === "literal" && value.text === "null") return "";
  if (field.kind === "time" && value.kind === "string") return localTime(value.value);
  if (field.kind === "json") return writePretty(value);
  if (value.kind === "string") return value.value;
  if (value.kind === "array") return value.items.map((each) => readText(field, each)).join("\n");
  if (value.kind === "object")
    return value.members.map(([name, each]) => `${name}: ${readText(field, each)}`).join("\n");
  return value.text;
}

/** As <input type="datetime-local"> has it. */
function localTime(time: string): string {
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export class FieldFault extends Error {
  constructor(
    readonly pointer: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * The body of the request: what is filled for something new, what differs from `before` for a change.
 * Throws FieldFault for a text that cannot be sent.
 */
export function writeTexts(fields: Field[], now: Texts, before?: Texts): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const field of fields) {
    const text = now[field.pointer] ?? "";
    if (before ? text === before[field.pointer] : text === "") continue;
    const value = writeText(field, text);
    const parts = partsOf(field.pointer);
    const last = parts.pop() ?? "";
    const place = parts.reduce<Record<string, unknown>>(
      (at, name) => (at[name] ??= {}) as Record<string, unknown>,
      body,
    );
    place[last] = value;
  }
  return body;
}

function writeText(field: Field, text: string): unknown {
  const trimmed = text.trim();
  const lines = text
    .split("\n")
    .map((each) => each.trim())
    .filter(Boolean);
  switch (field.kind) {
    case "list":
      return trimmed === "" && field.cleared === "null" ? null : lines;
    case "map":
      return Object.fromEntries(lines.map((line) => writePair(field, line)));
    case "switch":
      return text === "true";
    case "number":
      if (trimmed === "") return field.cleared === "null" ? null : 0;
      if (!/^-?\d+(\.\d+)?$/.test(trimmed)) throw new FieldFault(field.pointer, "must be a number");
      return new RawJson(trimmed);
    case "json":
      return trimmed === "" ? null : writeJson(field, trimmed);
    case "code":
      return text;
    case "time":
      return trimmed === "" ? null : new Date(text).toISOString();
    default:
      return trimmed === "" && field.cleared === "null" ? null : trimmed;
  }
}

function writePair(field: Field, line: string): [string, string] {
  const colon = line.indexOf(":");
  if (colon < 1) throw new FieldFault(field.pointer, `"${line}" must be "name: value"`);
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

function writeJson(field: Field, text: string): RawJson {
  try {
    parseJson(text);
  } catch (error) {
    throw new FieldFault(field.pointer, `is not JSON: ${(error as Error).message}`);
  }
  return new RawJson(text);
}

/** The field that a pointer of the hub's answer means: itself, the one it lies in, or the first in it. */
export function fieldOf(fields: Field[], pointer: string): Field | undefined {
  return (
    fields.find((each) => pointer === each.pointer || pointer.startsWith(`${each.pointer}/`)) ??
    fields.find((each) => each.pointer.startsWith(`${pointer}/`))
  );
}
