#include "hub/api/openapi/docs_page.hpp"

namespace katydid::api {
namespace {

constexpr std::string_view page = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Katydid API</title>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --accent: #2a7d4f; }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; display: grid;
  grid-template-columns: 16rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem;
  border-right: 1px solid var(--line); font-size: 13px; }
nav a { display: block; color: inherit; text-decoration: none; padding: 1px 0; }
nav a:hover { text-decoration: underline; }
nav strong { display: block; margin-top: .8rem; text-transform: capitalize; }
main { padding: 1rem 2rem 4rem; max-width: 70rem; }
article { border-top: 1px solid var(--line); padding: 1rem 0; }
code, pre, .path { font-family: ui-monospace, monospace; font-size: 13px; }
.method { display: inline-block; min-width: 4.2em; font-weight: 700; color: var(--accent); }
table { border-collapse: collapse; width: 100%; margin: .4rem 0 1rem; }
td, th { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0;
  border-bottom: 1px solid var(--soft); }
th { font-size: 12px; opacity: .7; }
pre { background: var(--soft); padding: .6rem; overflow: auto; border-radius: 4px; }
details > summary { cursor: pointer; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; } }
</style>
</head>
<body>
<nav aria-label="Operations"><h1 style="font-size:1.1rem">Katydid API</h1>
<div id="list"></div></nav>
<main><p id="about">Loading <a href="/openapi.json">/openapi.json</a> …</p>
<div id="body"></div></main>
<script>
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
function show(method, path, op) { const a = el("article"); a.id = op.operationId;
  const h = el("h3");
  h.append(el("span", method.toUpperCase(), "method"), el("span", path, "path"));
  a.append(h, el("p", op.summary + "."));
  const scope = op.security && op.security[0] && op.security[0].key;
  if (scope) a.append(el("p", "Scope: " + scope.join(", ")));
  const ps = (op.parameters || []).map(deref);
  if (ps.length) a.append(rows(["parameter", "in", "type", "meaning"], ps.map((p) =>
    [p.name + (p.required ? " *" : ""), p.in, name_of(p.schema), p.description || ""])));
  if (op.requestBody) Object.entries(op.requestBody.content).forEach(([type, c]) => {
    a.append(el("strong", "Body, " + type), schema_box(c.schema)); });
  a.append(el("strong", "Answers"), rows(["status", "meaning", "body"],
    Object.entries(op.responses).map(([status, r]) => { const d = deref(r);
      const c = d.content && Object.values(d.content)[0];
      return [status, d.description, c ? name_of(c.schema) || "bytes" : ""]; })));
  const ok = Object.entries(op.responses).map(([, r]) => deref(r)).find((r) =>
    r.content && r.content["application/json"]);
  if (ok) a.append(schema_box(ok.content["application/json"].schema));
  return a; }
fetch("/openapi.json").then((r) => r.json()).then((d) => { doc = d;
  document.getElementById("about").textContent =
    d.info.description + " Version " + d.info.version + ".";
  const list = document.getElementById("list"), body = document.getElementById("body"), tags = {};
  Object.entries(d.paths).forEach(([path, item]) => Object.entries(item).forEach(([method, op]) => {
    (tags[op.tags[0]] = tags[op.tags[0]] || []).push([method, path, op]); }));
  Object.entries(tags).forEach(([tag, ops]) => { list.append(el("strong", tag));
    body.append(el("h2", tag));
    ops.forEach(([method, path, op]) => { const link = el("a", op.summary);
      link.href = "#" + op.operationId; link.title = method.toUpperCase() + " " + path;
      list.append(link); body.append(show(method, path, op)); }); });
  if (location.hash) { const at = document.getElementById(location.hash.slice(1));
    if (at) at.scrollIntoView(); }
}).catch((e) => { document.getElementById("about").textContent =
  "The document cannot be read: " + e.message + ". Reload, or open /openapi.json."; });
</script>
</body>
</html>
)html";

}  // namespace

std::string_view docs_page() noexcept { return page; }

std::string_view docs_policy() noexcept
{
    return "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
           "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

}  // namespace katydid::api
