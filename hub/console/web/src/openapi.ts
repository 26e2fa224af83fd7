// Help for fields, from the hub's own description of its API.
import { get } from "./api";

interface Schema {
  $ref?: string;
  description?: string;
  properties?: Record<string, Schema>;
  enum?: unknown[];
  examples?: unknown[];
  minimum?: number;
  maximum?: number;
  default?: unknown;
}

export interface Document {
  components: { schemas: Record<string, Schema> };
}

let document: Promise<Document> | undefined;

export function loadDocument(): Promise<Document> {
  document ??= get<Document>("openapi.json").catch((error) => {
    document = undefined;
    throw error;
  });
  return document;
}

/**
 * What is said of a field, by its pointer into the body of that schema, or of what is answered where
 * the body's says nothing: of `Source` for `NewSource`. Pure.
 */
export function helpOf(document: Document, schema: string, pointer: string): string {
  const answered = schema.replace(/^New/, "");
  return textOf(document, schema, pointer) || textOf(document, answered, pointer);
}

function textOf(document: Document, schema: string, pointer: string): string {
  const { schemas } = document.components;
  const resolve = (at: Schema | undefined): Schema | undefined =>
    at?.$ref ? { ...schemas[at.$ref.split("/").at(-1) ?? ""], ...at, $ref: "" } : at;
  let at = resolve(schemas[schema]);
  for (const name of pointer.slice(1).split("/")) at = resolve(at?.properties?.[name]);
  if (!at) return "";
  const parts = [at.description, rangeOf(at), exampleOf(at)];
  return parts.filter(Boolean).join(" · ");
}

function rangeOf({ minimum, maximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return "";
}

function exampleOf({ examples }: Schema): string {
  const example = examples?.[0];
  if (example === undefined) return "";
  return `e.g. ${Array.isArray(example) ? example.join(", ") : String(example)}`;
}
