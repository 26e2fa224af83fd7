// Sign-on with a real provider: npm's oidc-provider. KATYDID_PROGRAM names the hub, KATYDID_STAGE the
// module that starts one.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { SECRET, signOnSettings, startProvider } from "./provider.mjs";

const HUB = "https://hub.example";
const { startHub } = await import(process.env.KATYDID_STAGE);

/** A client for each algorithm and each way to send the secret. */
const clients = [
  ["RS256", "client_secret_basic"],
  ["PS256", "client_secret_post"],
  ["ES256", "none"],
  ["EdDSA", "client_secret_basic"],
];
/** A browser without pages: it keeps cookies by host and follows where it is told to. */
function openBrowser(hub) {
  const jars = new Map();
  const go = async (url, init = {}) => {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? jars.set(origin, new Map()).get(origin);
    const response = await fetch(url.replace(HUB, hub.url), {
      ...init,
      redirect: "manual",
      headers: {
        ...init.headers,
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(origin === HUB ? { "x-forwarded-proto": "https" } : {}),
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
      if (value === "" || /max-age=0|expires=thu, 01 jan 1970/i.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  };
  /** Until there is no further redirect. */
  const follow = async (url, init) => {
    for (let step = 0, next = { url, init }; step < 15; step++) {
      const response = await go(next.url, next.init);
      const location = response.headers.get("location");
      if (!location) return { url: next.url, response, text: await response.text() };
      next = { url: new URL(location, next.url).href };
    }
    throw new Error("too many redirects");
  };
  /** Fills the form of a page of the provider. */
  const submit = (page, fields) => {
    const action = /action="([^"]+)"/.exec(page.text)[1];
    const hidden = [...page.text.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const all = { ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), ...fields };
    return follow(new URL(action, page.url).href, {
      method: "POST",
      body: new URLSearchParams(all),
    });
  };
  return { go, follow, submit, jars };
}

async function signIn(browser, login) {
  const page = await browser.follow(`${HUB}/sso/login?return_to=/console/`);
  assert.match(page.text, /name="login"/);
  const consent = await browser.submit(page, { login, password: "any" });
  return await browser.submit(consent, {});
}

for (const [alg, method] of clients)
  test(`a person signs in, is somebody, and signs out again: ${alg}, ${method}`, async () => {
    const provider = await startProvider(alg, method, HUB);
    const toml = `[console]
public_url = "${HUB}"
${signOnSettings(provider, method, { ops: "operate" })}[[sso.platforms]]
name = "atlvs"
callback_url = "https://atlvs.example/sso/katydid"
`;
    const hub = await startHub(process.env.KATYDID_PROGRAM, { CLIENT_SECRET: SECRET }, toml);
    try {
      const browser = openBrowser(hub);
      const done = await signIn(browser, "ada");
      assert.equal(done.url, `${HUB}/console/`, done.text);
      const session = await (await browser.go(`${HUB}/console/session`)).json();
      assert.equal(session.person, "ada@example.com");
      assert.equal(session.role, "operate");
      const handoff = await browser.go(`${HUB}/sso/handoff?to=atlvs&return_to=/`);
      assert.match(await handoff.text(), /name="token" value="[\w-]+\.[\w-]+\.[\w-]+"/);

      const out = await browser.follow(`${HUB}/sso/logout`);
      assert.ok(out.url.startsWith(`${provider.issuer}/session/end`), out.url);
      const left = await browser.submit(out, { logout: "yes" });
      assert.equal(left.url, `${HUB}/console/`);
      assert.equal((await browser.go(`${HUB}/console/session`)).status, 401);

      const other = openBrowser(hub);
      const refused = await signIn(other, "eve");
      assert.match(refused.text, /No role here/);
      assert.equal((await other.go(`${HUB}/console/session`)).status, 401);
      // Back instead of on.
      const third = openBrowser(hub);
      const page = await third.follow(`${HUB}/sso/login`);
      const abort = /href="([^"]+\/abort)"/.exec(page.text)[1];
      const back = await third.follow(new URL(abort, page.url).href);
      assert.match(back.text, /did not let you in/);
    } finally {
      await hub.stop();
      await provider.stop();
    }
  });

before(() => assert.ok(process.env.KATYDID_PROGRAM, "KATYDID_PROGRAM names the built katydid"));
