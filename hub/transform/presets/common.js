// The first plain values of a payload as [name, text]: {"order": {"id": 7}} has ["order.id", "7"].
// It stops at so many, since a payload may have a hundred thousand, and does not go deeper than 32.
function facts(value, most, name = "", depth = 0, found = []) {
  if (value === null || typeof value !== "object" || depth === 32) {
    found.push([name || "payload", depth === 32 ? "…" : String(value)]);
    return found;
  }
  const keys = Array.isArray(value) ? value.slice(0, most).keys() : Object.keys(value);
  for (const key of keys) {
    if (found.length === most) break;
    facts(value[key], most, name ? `${name}.${key}` : `${key}`, depth + 1, found);
  }
  return found;
}

// At most so many characters, and never none or only blanks: products refuse such texts. Without
// control characters, which grow sixfold in JSON, and without halves of characters.
function cut(text, most) {
  const start = text.length <= most ? text : text.slice(0, most - 1) + "…";
  const shown = start.replace(/[\u0000-\u0009\u000b-\u001f\u007f]+/g, " ").replace(/\p{Cs}/gu, "");
  return /^[\s\u200b\u2060\ufeff…]*$/.test(shown) ? "–" : shown;
}

