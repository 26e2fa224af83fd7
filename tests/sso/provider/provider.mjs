// A real provider: npm's oidc-provider, with its own pages to sign in, for the tests of sign-on.
import { generateKeyPairSync } from "node:crypto";
import http from "node:http";
import Provider from "oidc-provider";

export const SECRET = "a-client's secret: with +odd& characters%";

const keys = [
  ["RS256", generateKeyPairSync("rsa", { modulusLength: 2048 })],
  ["PS256", generateKeyPairSync("rsa", { modulusLength: 2048 })],
  ["ES256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
  ["EdDSA", generateKeyPairSync("ed25519")],
].map(([alg, { privateKey }]) => ({
  ...privateKey.export({ format: "jwk" }),
  ...{ alg, use: "sig", kid: `key-${alg}` },
}));

const people = {
  ada: { name: "Ada", email: "ada@example.com", email_verified: true, groups: ["ops", "staff"] },
  eve: { name: "Eve", email: "eve@example.com", email_verified: false, groups: ["staff"] },
};

/**
 * \param alg, method  of the ID token, and of the client's secret
 * \param hub  where browsers reach the hub
 */
export async function startProvider(alg, method, hub) {
  const server = http.createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "hub",
        ...(method === "none" ? {} : { client_secret: SECRET }),
        token_endpoint_auth_method: method,
        redirect_uris: [`${hub}/sso/callback`],
        post_logout_redirect_uris: [`${hub}/console/`],
        id_token_signed_response_alg: alg,
      },
    ],
    clientAuthMethods: [method],
    jwks: { keys },
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "PS256", "ES256", "EdDSA"] },
    scopes: ["openid", "profile", "email", "groups"],
    claims: { profile: ["name"], email: ["email", "email_verified"], groups: ["groups"] },
    pkce: { required: () => true },
    cookies: { keys: ["only for this test"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  });
  server.on("request", provider.callback());
  const stop = () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
  return { issuer, stop };
}

/**
 * What a hub's settings say of sign-on at that provider.
 * \param roles  by the group that gives them: { ops: "operate" }
 */
export function signOnSettings({ issuer }, method, roles) {
  const secret = method === "none" ? "" : 'client_secret_env = "CLIENT_SECRET"\n';
  const rows = Object.entries(roles).map(
    ([group, role]) => `[[sso.roles]]
claim = "groups"
value = "${group}"
role = "${role}"
`,
  );
  return `[sso]
issuer = "${issuer}"
name = "Example"
client_id = "hub"
${secret}scopes = ["openid", "profile", "email", "groups"]
${rows.join("")}`;
}
