// A learning platform of another implementation (tests/independent/lti_platform.py), and people who come from its site.

import { frameOf } from "./platform.mjs";
import { runPython } from "./independent.mjs";
import { open } from "./browser.mjs";
import { freePort } from "./server.mjs";

export const CLIENT = "proscenium-at-sakai";

/** Login hints, as Sakai has them for its people. */
export const TEACHER = "teacher+1==/%41";
export const STUDENT = "student&2=ü ";

export async function startLtiPlatform(server) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const script = runPython("lti_platform.py", [String(port), server.url]);
  await script.until("the platform serves", "ready");
  const post = (path, body = "") => fetch(url + path, { method: "POST", body });
  return {
    url,
    registration: {
      issuer: url,
      client_id: CLIENT,
      name: "Sakai",
      deployments: ["1"],
      login_url: `${url}/auth`,
      jwks_url: `${url}/keys`,
      token_url: `${url}/token`,
    },
    told: async () => (await fetch(`${url}/told`)).json(),
    rotateKeys: () => post("/rotate"),
    goDown: (down) => post("/down", String(down)),
    stop: () => script.end(),
  };
}

/**
 * The site's page with the tool in its frame, opened by somebody: `link` is what the link has. A browser that blocks third parties' cookies may
 * still keep one apart for this site's frames; with `cookies: false` it keeps none.
 */
export async function openSite(platform, user, link, browser, { cookies = true, script } = {}) {
  const outer = await open("about:blank", { script }, { own: browser });
  if (!cookies) {
    await outer.context.route(/\/lti\/launch$/, withoutCookies);
    await outer.context.route(/\/lti\/here\?/, (route) => route.fulfill({ json: { kept: false } }));
  }
  await outer.page.goto(`${platform.url}/site?${new URLSearchParams({ user, ...link })}`);
  return Object.assign(frameOf(outer), { outer });
}

/** What a browser sends that kept nothing for the frame: not playwright's own requests, which have the browser's cookies. */
async function withoutCookies(route) {
  const request = route.request();
  if (request.frame().parentFrame() === null) return route.fallback();
  const headers = { "content-type": request.headers()["content-type"] };
  const response = await fetch(request.url(), { method: "POST", headers, body: request.postData(), redirect: "manual" });
  const { "content-encoding": _, ...told } = Object.fromEntries(response.headers);
  await route.fulfill({ status: response.status, headers: told, body: await response.text() });
}
