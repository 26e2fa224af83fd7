// Hands /openapi.json to the renderer (renderer.cmake).
"use strict";

/**
 * The document for people: a collection comes before what is in it, this host is named, and the
 * refusals that most calls share are listed once, in the introduction.
 */
function prepared(doc) {
  for (const item of Object.values(doc.paths))
    for (const { responses } of Object.values(item))
      for (const [status, response] of Object.entries(responses))
        if (response.$ref) delete responses[status];
  const rows = Object.entries(doc.components.responses).map(
    ([status, { description }]) => `| ${status} | ${description} |`);
  doc.info.description += `\n\n| Any call may answer | because |\n|---|---|\n${rows.join("\n")}`;
  doc.paths = Object.fromEntries(Object.entries(doc.paths).sort());
  doc.servers = [{ url: location.origin }];
  doc.info.description += "\n\nThe document itself: [openapi.json](/openapi.json)";
  return doc;
}

const settings = {
  authentication: { preferredSecurityScheme: "key" },
  defaultHttpClient: { targetKey: "shell", clientKey: "curl" },
  operationTitleSource: "path",
  documentDownloadType: "none",
  // Nothing from or to any other host: the Content-Security-Policy would refuse it.
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  agent: { disabled: true },
  mcp: { disabled: true },
};

fetch("/openapi.json")
  .then((response) => response.json())
  .then((doc) => Scalar.createApiReference("#page", { ...settings, content: prepared(doc) }))
  .catch((failure) => {
    document.getElementById("page").textContent =
      `The document cannot be read: ${failure.message}. Reload, or open /openapi.json.`;
  });
