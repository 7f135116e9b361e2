// A learning platform, as far as a browser sees one: pages of another site (`localhost`, where the server is `127.0.0.1`) that frame what is
// launched, and keep for it what it cannot keep itself.

import { createServer } from "node:http";
import { Person } from "./browser.mjs";

/**
 * No cookie for a site in another's frame, and without a storage of its own there, none at all: touching it throws. The last feature would keep
 * the frame from its socket where a test answers for the server, for what `route.fulfill` answers comes from no known network. Sites share
 * processes: on a busy machine playwright loses a frame for good that goes from one site's process to another's and on. What a
 * page may keep and reach is the same.
 */
export const KEEPS_NOTHING = [
  "--test-third-party-cookie-phaseout",
  "--disable-site-isolation-trials",
  "--disable-features=WebRtcHideLocalIpsWithMdns,ThirdPartyStoragePartitioning,LocalNetworkAccessChecks",
];

/** The server lets itself be framed by those who are registered with it. */
export async function letFrame(platform, server) {
  const address = `${platform.origin}/lti`;
  const registration = { issuer: platform.origin, client_id: "framed", login_url: address, jwks_url: address, token_url: address };
  const { status, json } = await server.api("PUT", "/api/v1/lti/platforms", registration);
  if (status !== 200) throw new Error(`not registered: ${JSON.stringify(json)}`);
}

export async function startPlatform() {
  const posted = [];
  const server = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    const [src, allow] = ["src", "allow"].map((name) => escaped(searchParams.get(name) ?? ""));
    response.writeHead(200, { "content-type": "text/html" });
    if (request.method === "POST") {
      posted.push(Object.fromEntries(new URLSearchParams(await textOf(request))));
      return response.end("<!doctype html><title>Course</title><h1>Back in the course</h1>");
    }
    const frame = src === "" ? "<h1>Course</h1>" : `<iframe name="tool" title="Tool" src="${src}" allow="${allow}"></iframe><iframe name="forwarding" title="Storage" src="/" hidden></iframe>`;
    response.end(`<!doctype html><title>Course</title><style>html,body,iframe{margin:0;border:0;width:100%;height:100%}</style>${frame}<script>(${keepsData})()</script>`);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const origin = `http://localhost:${server.address().port}`;
  return {
    origin,
    /** The forms that were brought back here. */
    posted,
    /** A course's page with this address in a frame. */
    page: (src, allow) => `${origin}/?${new URLSearchParams({ src, allow })}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Runs in the platform's pages: LTI Client Side postMessages, for as long as `window.keeps`; and notes who asks to be closed. */
function keepsData() {
  const kept = new Map();
  Object.assign(window, { keeps: true, heard: [], kept });
  window.addEventListener("message", ({ data, source, origin }) => {
    window.heard.push(data.subject);
    if (!window.keeps || !/^lti\.(put|get)_data$/.test(data.subject)) return;
    if (data.subject === "lti.put_data") kept.set(data.key, data.value);
    source.postMessage({ subject: `${data.subject}.response`, message_id: data.message_id, key: data.key, value: kept.get(data.key) }, origin);
  });
}

async function textOf(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** A person whose page is the frame in `outer`'s. */
export function frameOf(outer) {
  const frame = outer.page.frameLocator("iframe[name=tool]");
  const inside = new Person(outer.page, outer.context);
  const page = { getByRole: (...what) => frame.getByRole(...what), getByText: (...what) => frame.getByText(...what), locator: (...what) => frame.locator(...what), evaluate: (...what) => outer.page.frame({ name: "tool" }).evaluate(...what) };
  return Object.assign(inside, { page, frame: Object.assign(frame, { evaluate: (body) => frame.locator("html").evaluate(body) }) });
}
