// JSON text for people and for the hub, digit for digit.
import type { Json } from "./parse";

/** Text that goes into a body as it stands: a filter with numbers that JavaScript cannot hold. */
export class RawJson {
  constructor(readonly text: string) {}
}

/** As JSON.stringify, with RawJson in its place. */
export function writeBody(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeBody).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${members.map(([name, each]) => `${JSON.stringify(name)}:${writeBody(each)}`).join(",")}}`;
}

/** With a line for each member and item; short arrays of scalars stay on one. */
export function writePretty(value: Json, indent = ""): string {
  if (value.kind === "string") return JSON.stringify(value.value);
  if (value.kind === "number" || value.kind === "literal") return value.text;
  const deeper = indent + "  ";
  const parts =
    value.kind === "array"
      ? value.items.map((each) => writePretty(each, deeper))
      : value.members.map(
          ([name, each]) => `${JSON.stringify(name)}: ${writePretty(each, deeper)}`,
        );
  const [open, close] = value.kind === "array" ? "[]" : "{}";
  if (parts.length === 0) return `${open}${close}`;
  const isShort = value.kind === "array" && value.items.every((each) => "text" in each);
  if (isShort && parts.join(", ").length < 80) return `[${parts.join(", ")}]`;
  return `${open}\n${parts.map((each) => deeper + each).join(",\n")}\n${indent}${close}`;
}
