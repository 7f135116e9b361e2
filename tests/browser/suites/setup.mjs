// The operator's setup page: the key, our addresses, platforms, and what becomes of launches. The server is the real one, and so are the
// platform and the people who come from it.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launchChromium, open } from "../support/browser.mjs";
import { deskOf } from "../support/desk.mjs";
import { Keyboard } from "../support/keys.mjs";
import { dress, LOOKS, NARROW, settled, smallTargets, tooWide, violations } from "../support/looks.mjs";
import { CLIENT, openSite, startLtiPlatform, STUDENT, TEACHER } from "../support/lti.mjs";
import { eventually } from "../support/media.mjs";
import { KEEPS_NOTHING } from "../support/platform.mjs";
import { freePort, startServer } from "../support/server.mjs";
import { shared } from "../support/shared.mjs";

const SAKAI = {
  name: "Sakai of the university",
  issuer: "https://sakai.example.edu",
  client_id: "3c8d6f1e-9a77",
  deployments: ["1"],
  login_url: "https://sakai.example.edu/imsoidc/lti13/oidc_auth",
  jwks_url: "https://sakai.example.edu/imsblis/lti13/keyset",
  token_url: "https://sakai.example.edu/imsblis/lti13/token/1",
  roles: { "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor": "moderator" },
};
const kept = (platform, more = {}) => ({ ...platform, state: "active", source: "setup", ...more });

/** The page before the key, with a desk behind it: of all suites' server, or of another one. */
async function atDesk(body, server = shared.server) {
  const person = await open("about:blank", { permissions: ["clipboard-read", "clipboard-write"] });
  try {
    const desk = await deskOf(server, person.context);
    await person.page.goto(desk.url);
    await body({ person, page: person.page, desk });
    assert.deepEqual(person.errors.map(String), []);
  } finally {
    await person.leave();
  }
}

/** A desk of a server that nothing has happened to yet, with what this configuration says. */
async function atNewDesk(config, body) {
  const server = await startServer({ config });
  try {
    await atDesk(body, server);
  } finally {
    await server.discard();
  }
}

async function signIn({ page, desk }) {
  await page.getByLabel("API key").fill(desk.key);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Platforms" }).waitFor();
}

const field = (page, name) => page.getByLabel(name, { exact: true });
const focused = (page) => page.evaluate(() => document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? "");
const card = (page, name) => page.getByRole("article", { name, exact: true });

describe("the setup page", () => {
  let browser;
  let platform;
  before(async () => {
    browser = await launchChromium(...KEEPS_NOTHING);
    platform = await startLtiPlatform(shared.server);
  });
  after(async () => {
    await browser?.close();
    platform?.stop();
    // Other suites write their own down.
    await deskOf(shared.server);
  });

  /** Somebody clicks a link in their site, and what comes of that is there. */
  async function click(user, room, { from = platform, server = shared.server } = {}) {
    const newest = async () => (await server.api("GET", "/api/v1/lti")).json.launches[0]?.at ?? 0;
    const before = await newest();
    const person = await openSite(from, user, { storage: "1", room, title: "Physics 101" }, browser);
    await eventually("it is written down", async () => (await newest()) > before);
    await person.outer.leave();
  }

  it("opens with the key, says so of a wrong one, and keeps it nowhere", () =>
    atDesk(async ({ page, desk }) => {
      await page.getByLabel("API key").fill("guess");
      await page.getByRole("button", { name: "Open" }).click();
      await page.getByText("This key is not accepted here.").waitFor();
      assert.equal(await page.getByLabel("API key").inputValue(), "guess");
      assert.equal(await focused(page), "API key");
      await signIn({ page, desk });
      assert.equal(await focused(page), "Setup");
      assert.equal(await page.evaluate((key) => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]).includes(key), desk.key), false);
      await page.reload();
      await page.getByLabel("API key").waitFor();
    }));

  it("the icon that platforms show is there", async () => {
    const response = await fetch(`${shared.server.url}/icon.svg`);
    assert.deepEqual([response.status, response.headers.get("content-type")], [200, "image/svg+xml"]);
  });

  it("our addresses are copied one by one", () =>
    atDesk(async ({ page, desk }) => {
      await signIn({ page, desk });
      for (const [what, address] of [["Login address", `${desk.server.url}/lti/login`], ["Public keys", `${desk.server.url}/lti/jwks`]]) {
        await page.getByRole("button", { name: `Copy: ${what}` }).click();
        await page.getByRole("status").filter({ hasText: "Copied" }).first().waitFor({ state: "attached" });
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), address);
      }
    }));

  it("a platform is added: what is known of its kind is filled in, and what is refused is said beside the field, with nothing lost", () =>
    atDesk(async ({ page, desk }) => {
      await signIn({ page, desk });
      await page.getByRole("button", { name: "Add by hand" }).click();
      await page.getByRole("radio", { name: "Sakai" }).check();
      await field(page, "Address of the platform").fill("http://sakai.example.edu/portal/");
      assert.equal(await field(page, "Issuer").inputValue(), "http://sakai.example.edu");
      await field(page, "Issuer").fill(SAKAI.issuer);
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("Fill this in.").waitFor();
      assert.equal(await focused(page), "Client ID");
      await field(page, "Client ID").fill("x".repeat(501));
      await field(page, "Deployment IDs").fill("1\n\n2");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("1 to 500 characters").waitFor();
      assert.equal(await focused(page), "Client ID");
      assert.equal(await field(page, "Deployment IDs").inputValue(), "1\n\n2");
      await field(page, "Client ID").fill(SAKAI.client_id);
      await field(page, "Address of the platform").fill("sakai.example.edu");
      await desk.reach(false);
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("alert").filter({ hasText: "The server cannot be reached." }).waitFor();
      await desk.reach(true);
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("heading", { name: SAKAI.issuer }).waitFor();
      const { name, roles, ...rest } = SAKAI;
      assert.deepEqual(await desk.platforms(), [kept({ ...rest, name: "", deployments: ["1", "2"], roles: {} })]);
      await eventually("the focus is where one began", async () => (await focused(page)) === "Add by hand");
    }));

  it("a platform is changed, its roles too", () =>
    atDesk(async ({ page, desk }) => {
      await desk.know(SAKAI);
      await signIn({ page, desk });
      await page.getByRole("button", { name: "Edit" }).click();
      assert.equal(await field(page, "Client ID").getAttribute("readonly"), "");
      await page.getByRole("button", { name: "Add a role" }).click();
      await page.keyboard.type("http://purl.imsglobal.org/vocab/lis/v2/membership#Officer");
      await page.getByRole("combobox", { name: "Role in a room" }).last().selectOption({ label: "Speaker" });
      await page.getByRole("button", { name: /Remove the role .*Mentor/ }).click();
      await field(page, "Name").fill("Sakai");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("heading", { name: "Sakai", exact: true }).waitFor();
      assert.deepEqual(await desk.platforms(), [kept({ ...SAKAI, name: "Sakai", roles: { "http://purl.imsglobal.org/vocab/lis/v2/membership#Officer": "speaker" } })]);
      await eventually("the focus is on what opened the form", async () => (await focused(page)) === "Edit");
    }));

  it("one that the configuration file holds cannot be changed here", () => {
    const { roles: _, ...fixed } = { ...SAKAI, name: "Fixed" };
    const lines = Object.entries(fixed).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
    return atNewDesk(`[[lti.platforms]]\n${lines.join("\n")}\n`, async ({ page, desk }) => {
      await signIn({ page, desk });
      await card(page, "Fixed").getByText("From the configuration file").waitFor();
      assert.equal(await card(page, "Fixed").getByRole("button", { name: "Edit" }).count(), 0);
      assert.equal(await card(page, "Fixed").getByRole("button", { name: "Delete" }).count(), 0);
    });
  });

  it("addresses are tried: those of a platform that answers, and those of none", () =>
    atDesk(async ({ page, desk }) => {
      const nowhere = `http://localhost:${await freePort()}`;
      const addresses = { issuer: nowhere, login_url: `${nowhere}/auth`, jwks_url: `${nowhere}/keys`, token_url: `${platform.url}/keys` };
      await desk.know(platform.registration, { ...SAKAI, ...addresses, name: "Nowhere" });
      await signIn({ page, desk });
      await card(page, "Sakai").getByRole("button", { name: "Check" }).click();
      for (const what of ["Public keys", "Login address", "Token address"]) await card(page, "Sakai").getByText(`${what}: fine`).waitFor();
      await card(page, "Nowhere").getByRole("button", { name: "Check" }).click();
      for (const what of ["Public keys", "Login address"]) await card(page, "Nowhere").getByText(`${what}: cannot be reached from this server.`).waitFor();
      await card(page, "Nowhere").getByText("Token address: is refused").waitFor();
    }));

  it("a platform registers itself by an address that is made for it, and people come from it at once", () =>
    atDesk(async ({ person, page, desk }) => {
      await signIn({ page, desk });
      await page.getByRole("button", { name: "Make a registration link" }).click();
      await page.getByText("It works once, for 60 minutes.").waitFor();
      await page.getByRole("button", { name: "Copy: Registration link" }).click();
      await page.getByRole("status").filter({ hasText: "Copied" }).first().waitFor({ state: "attached" });
      const link = await page.evaluate(() => navigator.clipboard.readText());
      const admin = await person.context.newPage();
      await admin.goto(`${link}&openid_configuration=${encodeURIComponent(`${platform.url}/.well-known/openid-configuration`)}&registration_token=once`);
      await admin.getByRole("heading", { name: /^Proscenium is registered with .*sakai/ }).waitFor();
      await admin.close();
      const { name: _, ...registered } = platform.registration;
      await card(page, "sakai").waitFor();
      assert.deepEqual(await desk.platforms(), [{ ...kept({ ...registered, name: "sakai", roles: {} }), source: "registration" }]);
      assert.deepEqual((await platform.told()).registrations[0].redirect_uris, [`${desk.server.url}/lti/launch`]);
      await page.getByText("A platform registered itself").waitFor();
      await click(TEACHER, "registered");
      await page.getByText(/came into .*registered/).waitFor();
    }));

  it("deletion asks first, and the focus is not lost by it", () =>
    atDesk(async ({ page, desk }) => {
      await desk.know(SAKAI, { ...SAKAI, name: "Other", client_id: "other" });
      await signIn({ page, desk });
      const remove = page.getByRole("article", { name: SAKAI.name }).getByRole("button", { name: "Delete" });
      const dialog = page.getByRole("dialog");
      await remove.click();
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      assert.equal((await desk.platforms()).length, 2);
      await remove.click();
      await dialog.getByRole("button", { name: "Delete it" }).click();
      await page.getByRole("article", { name: SAKAI.name }).waitFor({ state: "detached" });
      assert.deepEqual((await desk.platforms()).map(({ name }) => name), ["Other"]);
      await eventually("something has the focus", () => page.evaluate(() => document.activeElement !== document.body));
    }));

  it("a launch stands there within seconds, with what is wrong, and disturbs nobody who writes", () =>
    atNewDesk("", async ({ page, desk }) => {
      const from = await startLtiPlatform(desk.server);
      try {
        await desk.know(from.registration);
        await signIn({ page, desk });
        await page.getByText("Waiting for a launch…").waitFor();
        await page.getByRole("button", { name: "Add by hand" }).click();
        await field(page, "Client ID").fill("half wri");
        const before = await field(page, "Client ID").boundingBox();
        await click(TEACHER, "optics", { from, server: desk.server });
        await desk.know({ ...from.registration, deployments: ["9"] });
        await click(STUDENT, "optics", { from, server: desk.server });
        const log = page.getByRole("log", { name: "Launches" });
        await log.getByText(/Mo Teacher.* came into .*optics/).waitFor();
        await log.getByText("The platform is registered here, but not this deployment of the tool in it.").waitFor();
        await page.keyboard.type("tten");
        assert.equal(await field(page, "Client ID").inputValue(), "half written");
        assert.deepEqual(await field(page, "Client ID").boundingBox(), before, "nothing moved");
        await desk.reach(false);
        await page.getByText("The server does not answer. Trying again…").waitFor();
        assert.deepEqual(await field(page, "Client ID").boundingBox(), before, "nothing moved");
        await desk.reach(true);
        await page.getByText("The server does not answer. Trying again…").waitFor({ state: "detached" });
      } finally {
        from.stop();
      }
    }));

  it("whoever launched without being known is written down from what their launch told, their deployment too", () =>
    atDesk(async ({ page, desk }) => {
      await click(TEACHER, "mechanics");
      await signIn({ page, desk });
      await page.getByRole("button", { name: "Add this platform" }).first().click();
      await field(page, "Client ID").waitFor();
      assert.deepEqual([await field(page, "Issuer").inputValue(), await field(page, "Client ID").inputValue()], [platform.url, CLIENT]);
      // Where this platform has them Sakai has others.
      for (const [name, value] of [["Login address", "login_url"], ["Address of the public keys (JWKS)", "jwks_url"], ["Token address", "token_url"]]) await field(page, name).fill(platform.registration[value]);
      await field(page, "Deployment IDs").fill("another");
      await page.getByRole("button", { name: "Save" }).click();
      await card(page, platform.url).waitFor();
      await page.getByRole("button", { name: "Add this platform" }).first().waitFor({ state: "detached" });
      await click(TEACHER, "mechanics");
      await page.getByRole("button", { name: "Add this deployment" }).first().click();
      assert.equal(await field(page, "Deployment IDs").inputValue(), "another\n1");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("button", { name: "Add this deployment" }).first().waitFor({ state: "detached" });
      await click(TEACHER, "mechanics");
      await page.getByText(/Mo Teacher.* came into .*mechanics/).waitFor();
    }));

  it("by keyboard alone", () =>
    atDesk(async ({ person, page, desk }) => {
      await desk.know(SAKAI);
      await signIn({ page, desk });
      const keys = await Keyboard.of(person);
      await keys.choose("Edit");
      await keys.to("Name");
      await page.keyboard.press("Control+A");
      await page.keyboard.type("Renamed");
      await keys.choose("Save");
      await page.getByRole("article", { name: "Renamed" }).waitFor();
      await keys.seen("saved");
      await keys.choose("Delete");
      await page.getByRole("dialog").waitFor();
      await keys.choose("Delete it");
      await page.getByText("No platform is registered yet.").waitFor();
      await keys.seen("deleted");
    }));

  for (const look of [...LOOKS, NARROW]) {
    it(`everybody can use it: ${look.name}`, () =>
      atDesk(async ({ person, page, desk }) => {
        const found = [];
        const inspect = async (where) => {
          await settled(person);
          for (const problem of [...(await violations(person)), ...(await smallTargets(person, look)), ...(await tooWide(person))]) found.push(`${where}: ${problem}`);
        };
        await desk.know(SAKAI);
        await desk.know({ ...SAKAI, name: "ليلى", client_id: "new" });
        await click(STUDENT, "mechanics");
        await page.locator("input[type=password]").waitFor();
        await dress(person, look);
        await inspect("the key");
        await page.locator("input[type=password]").fill(desk.key);
        await page.keyboard.press("Enter");
        await page.locator(".setup").waitFor();
        for (const details of await page.locator("details").all()) await details.evaluate((element) => (element.open = true));
        await page.locator(".registration > button").click();
        await page.locator(".registration code").waitFor();
        await inspect("the desk");
        await page.locator(".sheet-head button").click();
        await page.locator(".roles > button").click();
        await page.locator(".platform-form button[type=submit]").click();
        await page.locator(".wrong").first().waitFor();
        await inspect("the form");
        assert.deepEqual(found, []);
      }));
  }
});
