// The server's side of the setup page, as far as a page sees it: answers of one's own until the server has them. `deskOf` is what the suite
// asks for; a real server takes its place there, with launches of a real platform.

import { readFileSync } from "node:fs";

const DIST = new URL("../../../web/dist/", import.meta.url).pathname;
const KEY = "dev-secret";

/** A desk of nobody else's, for the pages of this context. */
export async function deskOf(server, context) {
  const desk = new StandIn(server.url);
  // What the server sends with every page, this one too.
  const { headers } = await fetch(`${server.url}/`);
  const policy = headers.get("content-security-policy");
  await context.route(`${server.url}/setup`, (route) =>
    route.fulfill({ contentType: "text/html", headers: { "content-security-policy": policy }, body: readFileSync(`${DIST}setup.html`, "utf8") }),
  );
  await context.route(`${server.url}/api/v1/lti**`, (route) => desk.answer(route));
  await context.route(`${server.url}/api/v1/lti/**`, (route) => desk.answer(route));
  return desk;
}

const same = (one) => (other) => one.issuer === other.issuer && one.client_id === other.client_id;

class StandIn {
  key = KEY;
  platforms = [];
  launches = [];
  /** Whether the server answers at all. */
  down = false;

  constructor(url) {
    this.url = `${url}/setup`;
    const at = (path) => `https://stage.example.edu/lti/${path}`;
    this.tool = { name: "Proscenium", login_url: at("login"), launch_url: at("launch"), jwks_url: at("jwks"), deep_linking_url: at("launch"), registration_url: at("register"), icon_url: at("icon.svg") };
  }

  /** Something came from a platform. */
  launched(launch) {
    this.launches.unshift({ at: Date.now(), kind: "launch", accepted: true, issuer: "https://sakai.example.edu", ...launch });
  }

  /** A platform registered itself. */
  registered(platform) {
    this.platforms.push({ ...platform, state: "pending", source: "registration" });
  }

  async answer(route) {
    const request = route.request();
    if (this.down) return route.abort();
    const json = (status, body) => route.fulfill({ status, json: body });
    const fails = (status, code, message) => json(status, { error: { code, message } });
    if (request.headers().authorization !== `Bearer ${this.key}`) return fails(401, "unauthorized", "no such key");
    const path = new URL(request.url()).pathname.replace("/api/v1/lti", "");
    const body = request.postDataJSON();
    const known = this.platforms.find(same(body ?? {}));
    switch (`${request.method()} ${path}`) {
      case "GET ":
        return json(200, { tool: this.tool, platforms: this.platforms, launches: this.launches });
      case "PUT /platforms":
        if (!body.login_url.startsWith("https://")) return fails(422, "invalid_field", "login_url: only https is taken here");
        this.platforms = [...this.platforms.filter((one) => one !== known), { ...body, state: "active", source: "setup" }];
        return json(200, body);
      case "DELETE /platforms":
        this.platforms = this.platforms.filter((one) => one !== known);
        return route.fulfill({ status: 204 });
      case "POST /platforms/approve":
        known.state = "active";
        return json(200, known);
      case "POST /platforms/check":
        return json(200, { checks: [{ check: "keys", ok: true, detail: "2 keys" }, { check: "login", ok: true, detail: "302" }, { check: "token", ok: false, code: "http_status", detail: "404 Not Found" }] });
      case "POST /registrations":
        return json(200, { url: "https://stage.example.edu/lti/register?key=once", expires_seconds: 3600 });
      default:
        return fails(404, "not_found", path);
    }
  }
}
