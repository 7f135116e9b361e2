// Signing in without a learning platform: by an independent provider in a real browser, and by one that lies.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { open } from "../support/browser.mjs";
import { anyProvider, challengeOf, CLIENT, realProvider, signIn, signInConfig } from "../support/provider.mjs";
import { startServer } from "../support/server.mjs";

const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

describe("signing in", () => {
  let provider;
  let server;
  before(async () => {
    provider = await realProvider();
    server = await startServer({ config: signInConfig(provider.issuer) });
    provider.open(server.url);
  });
  after(async () => {
    await server?.discard();
    await provider?.close();
  });

  it("gives who teaches rooms of their own: they make one, open it as host, and invite into it", async () => {
    const ada = await open(server.url, PHONE);
    try {
      await signIn(ada, "ada");
      await ada.page.getByText("Signed in as Ada").waitFor();
      await ada.page.getByText("You have no rooms yet.").waitFor();
      const rooms = ada.page.getByRole("region", { name: "Your rooms" });
      await rooms.getByRole("textbox", { name: "Title" }).fill("Physics 101");
      await rooms.getByRole("combobox", { name: "Stage access" }).selectOption("open");
      await rooms.getByRole("button", { name: "Create room" }).click();
      await rooms.getByRole("listitem").filter({ hasText: "Physics 101" }).waitFor();
      assert.ok(await ada.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing lies beside the page");
      await rooms.getByRole("button", { name: "Guest link" }).click();
      const link = await rooms.getByRole("textbox", { name: "Guest link" }).inputValue();
      await rooms.getByRole("button", { name: "Open" }).click();
      await ada.inRoom();
      const { rooms: made } = (await server.api("GET", "/api/v1/rooms")).json;
      const room = made.find(({ title }) => title === "Physics 101").id;
      assert.deepEqual((await server.participants(room)).map(({ name, role }) => [name, role]), [["Ada", "host"]]);
      const guest = await open(link);
      await guest.page.getByRole("heading", { name: "You are invited to Physics 101" }).waitFor();
      await guest.leave();
      await ada.page.goto(server.url);
      await rooms.getByRole("listitem").filter({ hasText: "Physics 101" }).waitFor();
      await rooms.getByRole("button", { name: "End", exact: true }).click();
      await rooms.getByText("Really end it?").waitFor();
      await ada.page.keyboard.press("Enter");
      await rooms.getByRole("button", { name: "End", exact: true }).click();
      await rooms.getByRole("button", { name: "End it now" }).click();
      await rooms.getByText("The room has ended.").waitFor();
      await ada.page.getByText("You have no rooms yet.").waitFor();
      assert.equal(await ada.page.evaluate(() => document.activeElement.textContent), "Your rooms", "the focus is not lost with the button");
      assert.equal((await server.api("GET", `/api/v1/rooms/${room}`)).status, 404);
      await ada.button("Sign out").click();
      await ada.page.getByRole("link", { name: "Sign in with Example University" }).waitFor();
    } finally {
      await ada.leave();
    }
  });

  it("keeps one person's rooms from another, and from who is signed out", async () => {
    const [ben, cy] = [await open(server.url), await open(server.url)];
    try {
      await signIn(ben, "ben");
      const call = (person, path, body) =>
        person.page.evaluate(
          async ([path, body]) => {
            const response = await fetch(path, { method: "POST", body: JSON.stringify(body) });
            return { status: response.status, json: response.status === 204 ? null : await response.json() };
          },
          [path, body],
        );
      await ben.page.getByText("Signed in as Ben").waitFor();
      const { json: made } = await call(ben, "/api/v1/me/rooms", { title: "Ben's" });
      assert.equal((await call(ben, `/api/v1/me/rooms/${made.id}`, {})).status, 200);
      assert.equal((await call(cy, `/api/v1/me/rooms/${made.id}`, {})).status, 401);
      await signIn(cy, "cy");
      await cy.page.getByText("You have no rooms yet.").waitFor();
      const { status, json } = await call(cy, `/api/v1/me/rooms/${made.id}`, {});
      assert.deepEqual([status, json.error.code], [404, "room_not_found"]);
      assert.equal((await call(cy, "/api/v1/me/rooms/demo", {})).status, 404, "a room that is nobody's");
      const end = (person, id) => person.page.evaluate(async (id) => (await fetch(`/api/v1/me/rooms/${id}`, { method: "DELETE" })).status, id);
      assert.deepEqual([await end(cy, made.id), await end(cy, "demo")], [404, 404], "nor does anybody end another's");
      const cookies = await ben.context.cookies(server.url);
      const session = cookies.find(({ name }) => name === "proscenium_session");
      assert.deepEqual([session.httpOnly, session.sameSite], [true, "Lax"]);
      const headers = { cookie: `${session.name}=${session.value}` };
      const stranger = { method: "POST", headers: { ...headers, origin: "https://evil.example" }, body: '{"title":"x"}' };
      assert.equal((await fetch(`${server.url}/api/v1/me/rooms`, stranger)).status, 403);
      assert.equal((await fetch(`${server.url}/api/v1/me/sign-out`, { method: "POST", headers })).status, 204);
      const after = await (await fetch(`${server.url}/api/v1/me`, { headers })).json();
      assert.equal(after.person, null, "the key is of no use any more");
    } finally {
      await Promise.all([ben, cy].map((person) => person.leave()));
    }
  });

  it("tells whoever is no host so, and gives them nothing", async () => {
    const sam = await open(server.url);
    try {
      await signIn(sam, "sam@students");
      await sam.page.getByRole("alert").filter({ hasText: "You are signed in, but rooms are made by others here." }).waitFor();
      assert.ok(!(await sam.context.cookies(server.url)).some(({ name }) => name === "proscenium_session"));
    } finally {
      await sam.leave();
    }
  });
});

describe("a sign-in that is not what it seems", () => {
  let provider;
  let server;
  before(async () => {
    provider = await anyProvider();
    server = await startServer({ config: signInConfig(provider.issuer) });
  });
  after(async () => {
    await server?.discard();
    await provider?.close();
  });

  /** Begins one, as a browser does. */
  async function begin() {
    const response = await fetch(`${server.url}/sign-in`, { redirect: "manual" });
    assert.equal(response.status, 303);
    const asked = new URL(response.headers.get("location")).searchParams;
    const cookie = response.headers.get("set-cookie").split(";")[0];
    return { state: asked.get("state"), nonce: asked.get("nonce"), challenge: asked.get("code_challenge"), cookie };
  }

  /** Comes back: what the page is told, or `in`. */
  async function comeBack({ state, cookie }, more = "code=c") {
    const headers = cookie === undefined ? {} : { cookie };
    const response = await fetch(`${server.url}/sign-in/callback?state=${encodeURIComponent(state)}&${more}`, { redirect: "manual", headers });
    assert.equal(response.status, 303);
    const place = response.headers.get("location");
    const session = (response.headers.get("set-cookie") ?? "").includes("proscenium_session=");
    assert.equal(session, place === "/");
    return session ? "in" : place.replace("/#sign_in=", "");
  }

  it("is let in once, where everything fits", async () => {
    const begun = await begin();
    provider.told.next = () => ({ claims: { nonce: begun.nonce } });
    assert.equal(await comeBack(begun), "in");
    assert.equal(challengeOf(provider.told.asked.at(-1).get("code_verifier")), begun.challenge);
    assert.equal(await comeBack(begun), "unknown_state", "a second time");
  });

  it("has the state of this server and the browser that began it", async () => {
    const [one, two] = [await begin(), await begin()];
    provider.told.next = () => ({ claims: { nonce: one.nonce } });
    assert.equal(await comeBack({ ...one, state: "made-up" }), "unknown_state");
    assert.equal(await comeBack({ ...one, state: "" }), "unknown_state");
    assert.equal(await comeBack({ ...one, cookie: two.cookie }), "other_browser");
    assert.equal(await comeBack(one), "unknown_state", "it is over, whatever came of it");
    assert.equal(await comeBack({ ...two, cookie: undefined }), "other_browser");
    const three = await begin();
    assert.equal(await comeBack(three, "error=access_denied"), "refused");
  });

  it("has a token of this provider, for this server, for this sign-in, good now", async () => {
    const now = Math.floor(Date.now() / 1000);
    const cases = [
      ["wrong_nonce", (nonce) => ({ claims: { nonce: `${nonce}x` } })],
      ["wrong_nonce", () => ({})],
      ["bad_token", (nonce) => ({ claims: { nonce, aud: "another" } })],
      ["bad_token", (nonce) => ({ claims: { nonce, iss: "http://127.0.0.1:1" } })],
      ["bad_token", (nonce) => ({ claims: { nonce, exp: now - 60 } })],
      ["bad_token", (nonce) => ({ claims: { nonce }, signature: () => "AAAA" })],
      ["bad_token", (nonce) => ({ claims: { nonce }, header: { alg: "none" }, signature: () => "" })],
      ["bad_token", (nonce) => ({ claims: { nonce }, header: { alg: "HS256" }, signature: (signed) => createHmac("sha256", CLIENT.secret).update(signed).digest("base64url") })],
      ["no_host", (nonce) => ({ claims: { nonce, email_verified: false } })],
      ["no_host", (nonce) => ({ claims: { nonce, email: "ada@staff.example.edu.evil.org" } })],
    ];
    for (const [code, answer] of cases) {
      const begun = await begin();
      provider.told.next = () => answer(begun.nonce);
      assert.equal(await comeBack(begun), code, answer.toString());
    }
  });
});

describe("a server without sign-in", () => {
  it("has nothing of it", async () => {
    const server = await startServer();
    try {
      for (const path of ["/sign-in", "/sign-in/callback?state=x&code=y", "/api/v1/me"]) {
        assert.equal((await fetch(server.url + path, { redirect: "manual" })).status, 404, path);
      }
    } finally {
      await server.discard();
    }
  });
});
