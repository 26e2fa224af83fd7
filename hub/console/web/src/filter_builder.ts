// Conditions of a filter, put into its text one by one. Pure.
import { parseJson, type Json } from "./json/parse";

export const OPERATORS = [
  "$eq",
  "$neq",
  "$gt",
  "$gte",
  "$lt",
  "$lte",
  "$startsWith",
  "$endsWith",
  "$contains",
  "$exist",
] as const;

/** Where a condition can look: "payload.total", "headers.x-shop", "event.source". */
export function pathsOf(payload: Json, prefix = "payload", depth = 0): string[] {
  if (payload.kind === "array") {
    const [first] = payload.items;
    return first && depth < 6 ? pathsOf(first, prefix, depth + 1) : [];
  }
  if (payload.kind !== "object") return [prefix];
  if (depth >= 6) return [];
  return payload.members.flatMap(([name, each]) => pathsOf(each, `${prefix}.${name}`, depth + 1));
}

/** A number, true, false and null as they are; everything else is a text. */
export function readOperand(operator: string, text: string): string {
  const trimmed = text.trim();
  if (operator === "$exist") return trimmed === "false" ? "false" : "true";
  const isLiteral = /^(-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|true|false|null)$/.test(trimmed);
  return isLiteral ? trimmed : JSON.stringify(text);
}

type Tree = { [name: string]: Tree | Raw };
class Raw {
  constructor(readonly text: string) {}
}

/**
 * The filter with one more condition that must match, too; numbers stay as they were written.
 * Throws what parseJson() throws.
 */
export function withCondition(
  filter: string,
  path: string,
  operator: string,
  operand: string,
): string {
  const tree = filter.trim() === "" ? {} : treeOf(parseJson(filter));
  if (tree instanceof Raw) throw new Error("a filter is an object");
  const [root = "payload", ...names] = path.split(".");
  let at = tree;
  for (const name of [root, ...names]) {
    const next = at[name];
    // A literal is short for $eq.
    at = at[name] = next instanceof Raw ? { $eq: next } : (next ?? {});
  }
  at[operator] = new Raw(readOperand(operator, operand));
  return write(tree, "");
}

function treeOf(value: Json): Tree | Raw {
  if (value.kind !== "object") return new Raw(plain(value));
  return Object.fromEntries(value.members.map(([name, each]) => [name, treeOf(each)]));
}

function plain(value: Json): string {
  if (value.kind === "string") return JSON.stringify(value.value);
  if (value.kind === "array") return `[${value.items.map(plain).join(", ")}]`;
  if (value.kind === "object")
    return `{${value.members.map(([name, each]) => `${JSON.stringify(name)}: ${plain(each)}`).join(", ")}}`;
  return value.text;
}

function write(tree: Tree | Raw, indent: string): string {
  if (tree instanceof Raw) return tree.text;
  const inner = `${indent}  `;
  const members = Object.entries(tree).map(
    ([name, each]) => `${inner}${JSON.stringify(name)}: ${write(each, inner)}`,
  );
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
}
