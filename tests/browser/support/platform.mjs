// A learning platform, as far as a browser sees one: pages of another site (`localhost`, where the server is `127.0.0.1`) that frame what is
// launched.

import { createServer } from "node:http";
import { Person } from "./browser.mjs";

export async function startPlatform() {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    const [src, allow] = ["src", "allow"].map((name) => escaped(searchParams.get(name) ?? ""));
    response.writeHead(200, { "content-type": "text/html" });
    response.end(`<!doctype html><title>Course</title><style>html,body,iframe{margin:0;border:0;width:100%;height:100%}</style><iframe name="tool" title="Tool" src="${src}" allow="${allow}"></iframe>`);
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const origin = `http://localhost:${server.address().port}`;
  return {
    origin,
    /** A course's page with this address in a frame. */
    page: (src, allow) => `${origin}/?${new URLSearchParams({ src, allow })}`,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** A person whose page is the frame in `outer`'s. */
export function frameOf(outer) {
  const frame = outer.page.frameLocator("iframe");
  const inside = new Person(outer.page, outer.context);
  const page = { getByRole: (...what) => frame.getByRole(...what), getByText: (...what) => frame.getByText(...what), locator: (...what) => frame.locator(...what) };
  return Object.assign(inside, { page, frame: Object.assign(frame, { evaluate: (body) => frame.locator("html").evaluate(body) }) });
}
