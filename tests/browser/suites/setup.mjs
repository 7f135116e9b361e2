// The operator's setup page: the key, our addresses, platforms, and what becomes of launches.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { open } from "../support/browser.mjs";
import { deskOf } from "../support/desk.mjs";
import { Keyboard } from "../support/keys.mjs";
import { dress, LOOKS, NARROW, settled, smallTargets, tooWide, violations } from "../support/looks.mjs";
import { eventually } from "../support/media.mjs";
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

/** The page before the key, with a desk behind it. */
async function atDesk(body) {
  const person = await open("about:blank", { permissions: ["clipboard-read", "clipboard-write"] });
  try {
    const desk = await deskOf(shared.server, person.context);
    await person.page.goto(desk.url);
    await body({ person, page: person.page, desk });
    assert.deepEqual(person.errors.map(String), []);
  } finally {
    await person.leave();
  }
}

async function signIn({ page, desk }) {
  await page.getByLabel("API key").fill(desk.key);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Platforms" }).waitFor();
}

const field = (page, name) => page.getByLabel(name, { exact: true });
const focused = (page) => page.evaluate(() => document.activeElement?.labels?.[0]?.textContent ?? document.activeElement?.textContent ?? "");

describe("the setup page", () => {
  it("opens with the key, says so of a wrong one, and keeps it nowhere", () =>
    atDesk(async ({ page, desk }) => {
      await page.getByLabel("API key").fill("guess");
      await page.getByRole("button", { name: "Open" }).click();
      await page.getByText("This key is not accepted here.").waitFor();
      assert.equal(await page.getByLabel("API key").inputValue(), "guess");
      assert.equal(await focused(page), "API key");
      await signIn({ page, desk });
      assert.equal(await page.evaluate((key) => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]).includes(key), desk.key), false);
      await page.reload();
      await page.getByLabel("API key").waitFor();
    }));

  it("our addresses are copied one by one", () =>
    atDesk(async ({ page, desk }) => {
      await signIn({ page, desk });
      for (const [what, address] of [["Login address", desk.tool.login_url], ["Public keys", desk.tool.jwks_url]]) {
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
      await field(page, "Client ID").fill(SAKAI.client_id);
      await field(page, "Deployment IDs").fill("1\n\n2");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByText("only https is taken here").waitFor();
      assert.equal(await focused(page), "Login address");
      assert.equal(await field(page, "Client ID").inputValue(), SAKAI.client_id);
      await field(page, "Address of the platform").fill("sakai.example.edu");
      desk.down = true;
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("alert").filter({ hasText: "The server cannot be reached." }).waitFor();
      desk.down = false;
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("heading", { name: SAKAI.issuer }).waitFor();
      const { name, roles, ...rest } = SAKAI;
      assert.deepEqual(desk.platforms, [kept({ ...rest, name: "", deployments: ["1", "2"], roles: {} })]);
      await eventually("the focus is where one began", async () => (await focused(page)) === "Add by hand");
    }));

  it("a platform is changed, its roles too", () =>
    atDesk(async ({ page, desk }) => {
      desk.platforms = [kept(SAKAI)];
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
      assert.deepEqual(desk.platforms, [kept({ ...SAKAI, name: "Sakai", roles: { "http://purl.imsglobal.org/vocab/lis/v2/membership#Officer": "speaker" } })]);
      await eventually("the focus is on what opened the form", async () => (await focused(page)) === "Edit");
    }));

  it("one that the configuration file holds cannot be changed here; one that registered itself is approved; addresses are tried", () =>
    atDesk(async ({ page, desk }) => {
      desk.platforms = [kept({ ...SAKAI, name: "Fixed" }, { source: "file" })];
      desk.registered({ ...SAKAI, name: "New", client_id: "new" });
      await signIn({ page, desk });
      const card = (name) => page.getByRole("article", { name });
      assert.equal(await card("Fixed").getByRole("button", { name: "Edit" }).count(), 0);
      assert.equal(await card("Fixed").getByRole("button", { name: "Delete" }).count(), 0);
      await card("New").getByText("Waits for approval").waitFor();
      await card("New").getByRole("button", { name: "Approve" }).click();
      await card("New").getByText("Active").waitFor();
      await card("New").getByRole("button", { name: "Check" }).click();
      await card("New").getByText("Public keys: fine").waitFor();
      await card("New").getByText("Token address: answers with an error.").waitFor();
      await page.getByRole("button", { name: "Make a registration link" }).click();
      await page.getByText("It works once, for 60 minutes.").waitFor();
      await page.getByRole("button", { name: "Copy: Registration link" }).waitFor();
    }));

  it("deletion asks first, and the focus is not lost by it", () =>
    atDesk(async ({ page, desk }) => {
      desk.platforms = [kept(SAKAI), kept({ ...SAKAI, name: "Other", client_id: "other" })];
      await signIn({ page, desk });
      const remove = page.getByRole("article", { name: SAKAI.name }).getByRole("button", { name: "Delete" });
      const dialog = page.getByRole("dialog");
      await remove.click();
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      assert.equal(desk.platforms.length, 2);
      await remove.click();
      await dialog.getByRole("button", { name: "Delete it" }).click();
      await page.getByRole("article", { name: SAKAI.name }).waitFor({ state: "detached" });
      assert.deepEqual(desk.platforms.map(({ name }) => name), ["Other"]);
      await eventually("something has the focus", () => page.evaluate(() => document.activeElement !== document.body));
    }));

  it("a launch stands there within seconds, with what is wrong, and disturbs nobody who writes", () =>
    atDesk(async ({ page, desk }) => {
      desk.platforms = [kept(SAKAI)];
      await signIn({ page, desk });
      await page.getByText("Waiting for a launch…").waitFor();
      await page.getByRole("button", { name: "Add by hand" }).click();
      await field(page, "Client ID").fill("half wri");
      const before = await field(page, "Client ID").boundingBox();
      desk.launched({ client_id: SAKAI.client_id, name: "Ada Lovelace", room: "Physics 101" });
      desk.launched({ client_id: "another", accepted: false, code: "unknown_platform", detail: "client_id another" });
      const log = page.getByRole("log", { name: "Launches" });
      await log.getByText("came into").waitFor();
      await log.getByText("No platform is registered here under this issuer and client ID.").waitFor();
      await page.keyboard.type("tten");
      assert.equal(await field(page, "Client ID").inputValue(), "half written");
      assert.deepEqual(await field(page, "Client ID").boundingBox(), before, "nothing moved");
      desk.down = true;
      await page.getByText("The server does not answer. Trying again…").waitFor();
      assert.deepEqual(await field(page, "Client ID").boundingBox(), before, "nothing moved");
      desk.down = false;
      await page.getByText("The server does not answer. Trying again…").waitFor({ state: "detached" });
    }));

  it("whoever launched without being known is written down from what their launch told", () =>
    atDesk(async ({ page, desk }) => {
      desk.launched({ client_id: "fresh", deployment: "7", accepted: false, code: "unknown_platform" });
      await signIn({ page, desk });
      await page.getByRole("button", { name: "Add this platform" }).click();
      await field(page, "Client ID").waitFor();
      assert.equal(await field(page, "Client ID").inputValue(), "fresh");
      await page.getByRole("button", { name: "Save" }).click();
      await page.getByRole("article", { name: SAKAI.issuer }).waitFor();
      assert.deepEqual(desk.platforms, [kept({ ...SAKAI, name: "", client_id: "fresh", deployments: ["7"], roles: {} })]);
      await page.getByRole("button", { name: "Add this platform" }).waitFor({ state: "detached" });
    }));

  it("by keyboard alone", () =>
    atDesk(async ({ person, page, desk }) => {
      desk.platforms = [kept(SAKAI)];
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
        desk.platforms = [kept(SAKAI)];
        desk.registered({ ...SAKAI, name: "ليلى", client_id: "new" });
        desk.launched({ client_id: SAKAI.client_id, accepted: false, code: "bad_signature", detail: "kid 7" });
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
