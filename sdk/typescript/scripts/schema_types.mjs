// JSON Schema (2020-12, and draft 7) to TypeScript. Pure. A keyword that changes the shape of a
// value and is not known here is an error: a wrong type is worse than none.

const INDENT = "  ";
/** Says something about values of the same TypeScript type, or nothing about values at all. */
const SHAPELESS = new Set([
  "$schema",
  "$id",
  "$comment",
  "title",
  "description",
  "default",
  "example",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "format",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minProperties",
  "maxProperties",
  "propertyNames",
  "contentEncoding",
  "contentMediaType",
  "contentSchema",
  "errorMessage",
]);
const SHAPED = new Set([
  "type",
  "enum",
  "const",
  "oneOf",
  "anyOf",
  "allOf",
  "$ref",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "not",
  "if",
  "then",
  "else",
]);

/** Whether every value of the type fits the schema is not asked; every fitting value has the type. */
export function typeOf(schema, depth = 0) {
  if (schema === true) return "unknown";
  if (schema === false || isEmpty(schema.not)) return "never";
  const unknown = Object.keys(schema).find(
    (key) => !SHAPELESS.has(key) && !SHAPED.has(key) && !key.startsWith("x-"),
  );
  if (unknown !== undefined)
    throw new Error(`The keyword ${unknown} is not known to the generator`);
  const parts = [
    schema.$ref && nameOf(schema.$ref),
    "const" in schema && JSON.stringify(schema.const),
    schema.enum && union(schema.enum.map((value) => JSON.stringify(value))),
    schema.oneOf && union(schema.oneOf.map((each) => typeOf(each, depth))),
    schema.anyOf && union(schema.anyOf.map((each) => typeOf(each, depth))),
    ...(schema.allOf ?? []).map((each) => typeOf(each, depth)),
    !schema.enum && !("const" in schema) && plainType(schema, depth),
  ].filter((part) => part && part !== "unknown");
  if (parts.length === 0) return "unknown";
  return parts.length === 1 ? parts[0] : parts.map(parenthesise).join(" & ");
}

/** A schema that every value fits. */
function isEmpty(schema) {
  return schema !== undefined && Object.keys(schema).length === 0;
}

/** The fields of an object, one a line, with their descriptions. */
export function fieldsOf(schema, depth, { takesUndefined = false } = {}) {
  const required = new Set(schema.required ?? []);
  const pad = INDENT.repeat(depth + 1);
  const lines = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const optional = required.has(name) ? "" : "?";
    const type = typeOf(field, depth + 1) + (optional && takesUndefined ? " | undefined" : "");
    return [...comment(field.description, pad), `${pad}${keyOf(name)}${optional}: ${type};`];
  });
  const { additionalProperties: more } = schema;
  // Beside named fields, whatever else is there may be anything: TypeScript wants it so.
  if (more !== undefined && more !== false && lines.length > 0)
    lines.push(`${pad}[field: string]: unknown;`);
  return lines;
}

export function comment(text, pad = "") {
  if (!text) return [];
  return [`${pad}/** ${text.replaceAll("*/", "* /").replaceAll(/\s+/g, " ").trim()} */`];
}

export function keyOf(name) {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

export function nameOf(reference) {
  const prefix = "#/components/schemas/";
  if (!reference.startsWith(prefix)) throw new Error(`The reference ${reference} leads elsewhere`);
  return reference.slice(prefix.length);
}

function plainType(schema, depth) {
  const kinds = [schema.type ?? guess(schema)].flat().filter(Boolean);
  return kinds.length === 0 ? "unknown" : union(kinds.map((kind) => kindType(kind, schema, depth)));
}

/** Draft authors leave `type` out where another keyword says it. */
function guess(schema) {
  if (schema.properties) return "object";
  return schema.items ? "array" : undefined;
}

function kindType(kind, schema, depth) {
  switch (kind) {
    case "string":
    case "boolean":
    case "null":
      return kind;
    case "number":
    case "integer":
      return "number";
    case "array":
      return `${parenthesise(typeOf(schema.items ?? true, depth))}[]`;
    case "object":
      return objectType(schema, depth);
    default:
      throw new Error(`The type ${kind} is not known to the generator`);
  }
}

function objectType(schema, depth) {
  const fields = fieldsOf(schema, depth);
  if (fields.length > 0) return ["{", ...fields, `${INDENT.repeat(depth)}}`].join("\n");
  const more = schema.additionalProperties;
  if (more === false) return "Record<string, never>";
  return `Record<string, ${more === undefined ? "unknown" : typeOf(more, depth)}>`;
}

function union(types) {
  return [...new Set(types)].join(" | ");
}

function parenthesise(type) {
  return /^[^{(]* [|&] /.test(type) || /^\{[^]*\} [|&] /.test(type) ? `(${type})` : type;
}
