// Which of the handlers by name takes a type.

/** As long as the hub takes them. */
const TYPE_LENGTH_MAX = 256;

/** By the whole name, else by the longest pattern. */
export function findHandler<Handle>(on: object, type: string): Handle | undefined {
  const handlers = on as Record<string, Handle | undefined>;
  const find = (name: string) => (Object.hasOwn(handlers, name) ? handlers[name] : undefined);
  if (type.length > TYPE_LENGTH_MAX) return find("*");
  let found = find(type);
  for (let dot = type.length; found === undefined && dot > 0;) {
    dot = type.lastIndexOf(".", dot - 1);
    if (dot > 0) found = find(`${type.slice(0, dot)}.*`);
  }
  return found ?? find("*");
}
