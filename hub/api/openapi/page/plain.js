// Shows /openapi.json where the build has no renderer (renderer.cmake).
"use strict";
const el = (name, text, cls) => { const e = document.createElement(name);
  if (text !== undefined) e.textContent = text; if (cls) e.className = cls; return e; };
let doc;
const deref = (o) => { while (o && o.$ref)
    o = o.$ref.slice(2).split("/").reduce((at, key) => at[key], doc); return o || {}; };
const name_of = (s) => { if (!s) return "";
  if (s.$ref) return s.$ref.split("/").pop();
  if (s.oneOf || s.anyOf) return (s.oneOf || s.anyOf).map(name_of).join(" | ");
  if (s.enum) return s.enum.map((v) => JSON.stringify(v)).join(" | ");
  if ("const" in s) return JSON.stringify(s.const);
  const type = Array.isArray(s.type) ? s.type.join(" | ") : s.type || "any";
  if (type === "array") return name_of(s.items) + "[]";
  return type + (s.format ? " (" + s.format + ")" : ""); };
function rows(head, data) { const t = el("table"), h = el("tr");
  head.forEach((x) => h.append(el("th", x))); t.append(h);
  data.forEach((r) => { const tr = el("tr");
    r.forEach((x, i) => { const td = el("td");
      td.append(i === 0 ? el("code", x) : x); tr.append(td); });
    t.append(tr); });
  return t; }
function fields(schema) { const s = deref(schema), need = new Set(s.required || []);
  return rows(["field", "type", "meaning"], Object.entries(s.properties || {}).map(([n, p]) =>
    [n + (need.has(n) ? " *" : ""), name_of(p), deref(p).description || p.description || ""])); }
function schema_box(schema) { const seen = new Set(), box = el("div");
  const add = (s, top) => { if (!s) return;
    if (s.$ref) { if (seen.has(s.$ref)) return; seen.add(s.$ref); }
    const d = deref(s);
    if (d.properties) { const inner = el("details"); inner.open = top;
      inner.append(el("summary", name_of(s)), fields(s)); box.append(inner);
      Object.values(d.properties).forEach((p) => { add(p.items || p, false); }); }
    (d.oneOf || d.anyOf || []).forEach((x) => add(x.items || x, top));
    if (d.items) add(d.items, top); };
  add(schema, true); return box; }
// The refusals that most calls share are listed once, on top.
const own = (responses) => Object.entries(responses).filter(([, r]) => !r.$ref);
function refusals() { const box = el("section");
  box.append(el("h2", "Errors of every call"), rows(["status", "meaning"],
    Object.entries(doc.components.responses).map(([status, r]) => [status, r.description])));
  return box; }
function show(method, path, op) { const a = el("article"); a.id = op.operationId;
  const h = el("h3");
  h.append(el("span", method.toUpperCase(), "method"), el("span", path, "path"));
  a.append(h, el("p", op.summary + "."));
  if (op.description) a.append(el("p", op.description.replaceAll("`", "")));
  const ps = (op.parameters || []).map(deref);
  if (ps.length) a.append(rows(["parameter", "in", "type", "meaning"], ps.map((p) =>
    [p.name + (p.required ? " *" : ""), p.in, name_of(p.schema), p.description || ""])));
  if (op.requestBody) Object.entries(op.requestBody.content).forEach(([type, c]) => {
    a.append(el("strong", "Body, " + type), schema_box(c.schema)); });
  a.append(el("strong", "Answers"), rows(["status", "meaning", "body"],
    own(op.responses).map(([status, r]) => { const d = deref(r);
      const c = d.content && Object.values(d.content)[0];
      return [status, d.description, c ? name_of(c.schema) || "bytes" : ""]; })));
  const ok = Object.entries(op.responses).map(([, r]) => deref(r)).find((r) =>
    r.content && r.content["application/json"]);
  if (ok) a.append(schema_box(ok.content["application/json"].schema));
  return a; }
fetch("/openapi.json").then((r) => r.json()).then((d) => { doc = d;
  document.getElementById("about").textContent =
    d.info.description.replace(/[*`]/g, "") + " Version " + d.info.version + ".";
  const list = document.getElementById("list"), body = document.getElementById("body"), tags = {};
  Object.entries(d.paths).forEach(([path, item]) => Object.entries(item).forEach(([method, op]) => {
    (tags[op.tags[0]] = tags[op.tags[0]] || []).push([method, path, op]); }));
  body.append(refusals());
  Object.entries(tags).forEach(([tag, ops]) => { list.append(el("strong", tag));
    body.append(el("h2", tag));
    ops.forEach(([method, path, op]) => { const link = el("a", path);
      link.prepend(el("span", method.toUpperCase(), "method"));
      link.href = "#" + op.operationId; link.title = op.summary;
      list.append(link); body.append(show(method, path, op)); }); });
  if (location.hash) { const at = document.getElementById(location.hash.slice(1));
    if (at) at.scrollIntoView(); }
}).catch((e) => { document.getElementById("about").textContent =
  "The document cannot be read: " + e.message + ". Reload, or open /openapi.json."; });
