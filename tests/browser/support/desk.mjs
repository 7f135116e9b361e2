// The setup page with the server behind it: a desk that nobody has left anything on. That the server cannot be reached is the browser's doing;
// the one thing put into its answers is said where that is done.

const KEY = "dev-secret";

/** Without the platforms of whoever sat here before; what the configuration file holds stays, and so does the log of launches. */
export async function deskOf(server, context) {
  const desk = new Desk(server, context);
  for (const { issuer, client_id, source } of await desk.platforms()) {
    if (source !== "file") await server.api("DELETE", "/api/v1/lti/platforms", { issuer, client_id });
  }
  return desk;
}

class Desk {
  key = KEY;

  constructor(server, context) {
    Object.assign(this, { server, context, url: `${server.url}/setup` });
  }

  async book() {
    return (await this.server.api("GET", "/api/v1/lti")).json;
  }

  async platforms() {
    return (await this.book()).platforms;
  }

  /** Somebody has written these down before. */
  async know(...platforms) {
    for (const platform of platforms) {
      const { status, json } = await this.server.api("PUT", "/api/v1/lti/platforms", platform);
      if (status !== 200) throw new Error(`not registered: ${JSON.stringify(json)}`);
    }
  }

  /** For pictures: what the server tells names other places than those that there are on this machine. */
  async pretend(...places) {
    await this.context.route(/\/api\/v1\/lti$/, async (route) => {
      const response = await route.fetch();
      const text = places.reduce((told, [here, there]) => told.replaceAll(here, there), await response.text());
      await route.fulfill({ response, body: text });
    });
  }

  /** Whether the page reaches the server. */
  reach(reached) {
    return this.context.setOffline(!reached);
  }
}
