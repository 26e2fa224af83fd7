// The plain values of a payload as [name, text]: {"order": {"id": 7}} has ["order.id", "7"].
function facts(value, name = "") {
  if (value === null || typeof value !== "object") return [[name || "payload", String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => facts(inner, name ? `${name}.${key}` : key));
}

// At most so many characters, and never none: products refuse empty texts.
function cut(text, most) {
  if (text === "") return "–";
  return text.length <= most ? text : text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, "") + "…";
}

