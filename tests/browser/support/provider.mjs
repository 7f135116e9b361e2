// OpenID Connect providers for signing in: oidc-provider, an independent one that is certified, and one that says whatever a test wants.

import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const CLIENT = { id: "proscenium", secret: "the-secret-of-the-tests" };

/** What a server is told of a provider. */
export const signInConfig = (issuer) => `
[sign_in]
issuer = "${issuer}"
client_id = "${CLIENT.id}"
client_secret = "${CLIENT.secret}"
name = "Example University"
hosts = ["email:*@staff.example.edu"]
`;

/** From the first page to the provider's, in there, and back. */
export async function signIn(person, login) {
  await person.page.getByRole("link", { name: "Sign in with Example University" }).click();
  await person.page.locator("input[name=login]").fill(login);
  await person.page.locator("input[name=password]").fill("any");
  await person.page.locator("button[type=submit]").click();
  await person.page.getByRole("button", { name: "Continue" }).click();
}

/** A place for a provider: its issuer is known before what it says, for the server wants to know the one and it the server. */
async function place() {
  let answer = (_, response) => response.writeHead(503).end();
  const server = createServer((request, response) => answer(request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    issuer: `http://127.0.0.1:${server.address().port}`,
    serve: (handler) => (answer = handler),
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

/** The real one. Whoever signs in as `ada` is ada@staff.example.edu; as `sam@students`, a student. */
export async function realProvider() {
  const { issuer, serve, close } = await place();
  const open = (base) => {
    const provider = new Provider(issuer, {
      clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [`${base}/sign-in/callback`], token_endpoint_auth_method: "client_secret_basic" }],
      cookies: { keys: [randomBytes(16).toString("hex")] },
      pkce: { required: () => true },
      claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "groups"] },
      findAccount: (_, id) => {
        const [name, where = "staff"] = id.split("@");
        const claims = { sub: id, name: name[0].toUpperCase() + name.slice(1), email: `${name}@${where}.example.edu`, email_verified: true, groups: [where] };
        return { accountId: id, claims: () => claims };
      },
    });
    serve(provider.callback());
  };
  return { issuer, open, close };
}

/** One that answers with the claims and the signature of a test. */
export async function anyProvider() {
  const { issuer, serve, close } = await place();
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k", use: "sig", alg: "RS256" };
  const told = { asked: [], next: () => ({}) };
  const json = (response, body) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  serve(async (request, response) => {
    const { pathname } = new URL(request.url, issuer);
    if (pathname === "/.well-known/openid-configuration") {
      return json(response, {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ["code"],
        subject_types_supported: ["public"],
        id_token_signing_alg_values_supported: ["RS256"],
      });
    }
    if (pathname === "/keys") return json(response, { keys: [jwk] });
    let form = "";
    for await (const chunk of request) form += chunk;
    told.asked.push(new URLSearchParams(form));
    const { header = { alg: "RS256", kid: "k" }, claims = {}, signature } = told.next();
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: issuer, aud: CLIENT.id, sub: "ada", iat: now, exp: now + 60, email: "ada@staff.example.edu", email_verified: true, ...claims };
    const signed = [header, all].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const own = () => createSign("RSA-SHA256").update(signed).sign(privateKey).toString("base64url");
    return json(response, { access_token: "x", token_type: "Bearer", id_token: `${signed}.${signature?.(signed) ?? own()}` });
  });
  return { issuer, told, close };
}

/** What PKCE's challenge has to be of this verifier (RFC 7636, section 4.2). */
export const challengeOf = (verifier) => createHash("sha256").update(verifier).digest("base64url");
