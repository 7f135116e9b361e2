// The server's side of a launch, as far as a page sees it: each step as the page is told it, until a real server answers. Only this file knows
// that there is none.

import { readFileSync } from "node:fs";

const DIST = new URL("../../../web/dist/", import.meta.url).pathname;

/** The launch page of this context says `step`; `answers` are those of `/lti/prove` and `/lti/choose`, by path. */
export async function launchOf(server, context, platform) {
  const launch = { url: `${server.url}/lti/launch`, step: {}, answers: {}, asked: [] };
  const { headers } = await fetch(`${server.url}/`);
  const policy = headers
    .get("content-security-policy")
    .replace("form-action 'self'", `form-action 'self' ${platform.origin}`)
    .replace(/;?\s*frame-ancestors [^;]*/u, "");
  await context.route(launch.url, (route) => {
    const content = JSON.stringify(launch.step).replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    const body = readFileSync(`${DIST}launch.html`, "utf8").replace('<meta name="proscenium-launch" content="">', `<meta name="proscenium-launch" content="${content}">`);
    return route.fulfill({ contentType: "text/html", headers: { "content-security-policy": policy }, body });
  });
  await context.route(`${server.url}/lti/here?*`, (route) => {
    const { json = { kept: false } } = launch.answers["/lti/here"] ?? {};
    return route.fulfill({ json });
  });
  for (const path of ["/lti/prove", "/lti/choose"]) {
    await context.route(server.url + path, (route) => {
      launch.asked.push([path, route.request().postDataJSON()]);
      const { status = 200, json } = launch.answers[path] ?? { status: 500 };
      return route.fulfill({ status, json });
    });
  }
  return launch;
}
