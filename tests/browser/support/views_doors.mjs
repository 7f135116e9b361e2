// The views of what stands before a room: a platform's launch, the operator's setup, guests' way in, one's own rooms; and of what is different
// in a platform's frame. See views.mjs.

import { join, open } from "./browser.mjs";
import { deskOf } from "./desk.mjs";
import { launchOf } from "./launch.mjs";
import { realProvider, signIn, signInConfig } from "./provider.mjs";
import { closeRoom, escape } from "./scenes.mjs";
import { startServer } from "./server.mjs";

const SAKAI = "https://sakai.example.edu";
export const STAGE = "https://stage.example.edu";

/** A step of a launch speaks the platform's language: it is opened in that of the page where one was dressed. */
const step = (name, told) => ({
  name,
  who: "student",
  fleeting: true,
  enter: async ({ student, launch }) => {
    launch.step = { ...told, lang: await student.page.evaluate(() => document.documentElement.lang) };
    await student.page.goto(launch.url);
    await student.page.locator("h1").waitFor();
    await student.page.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
  },
  leave: ({ student, home }) => student.page.goto(home),
});

const launches = {
  scene: "from a learning platform",
  make: async ({ server }) => {
    const student = await open(`${server.url}/`);
    const launch = await launchOf(server, student.context, { origin: SAKAI });
    return { people: { student, launch, home: `${server.url}/` }, end: () => student.leave() };
  },
  views: [
    step("launch refused", { step: "refused", code: "unknown_deployment", detail: 'deployment "2" is not among those of the registration', platform: SAKAI }),
    step("launch in a window of its own", { step: "prove", key: "k", storage: null, window: "/lti/window?key=k" }),
    step("adding a room to a course", { step: "choose", key: "k", title: "Optics", access: "request", gradable: true }),
    step("platform registered", { step: "registered", name: "Sakai of the university", active: true }),
  ],
};

const PLATFORM = {
  name: "Sakai of the university",
  issuer: SAKAI,
  client_id: "3c8d6f1e-9a77",
  deployments: ["1"],
  login_url: `${SAKAI}/imsoidc/lti13/oidc_auth`,
  jwks_url: `${SAKAI}/imsblis/lti13/keyset`,
  token_url: `${SAKAI}/imsblis/lti13/token/1`,
  roles: { "http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor": "moderator" },
};

const setup = {
  scene: "the setup page",
  make: async () => {
    // Of its own: nothing was launched there but this.
    const server = await startServer();
    const operator = await open("about:blank");
    const desk = await deskOf(server, operator.context);
    await desk.pretend([server.url, STAGE]);
    await operator.page.goto(desk.url);
    const begin = `iss=${encodeURIComponent(SAKAI)}&login_hint=ada&target_link_uri=${encodeURIComponent(`${STAGE}/lti/launch`)}`;
    const end = () => operator.leave().then(() => server.discard());
    return { people: { operator, desk, begin: (client) => fetch(`${server.url}/lti/login?${begin}&client_id=${client}`) }, end };
  },
  views: [
    { name: "setup key", who: "operator", enter: ({ operator }) => operator.page.getByLabel("API key").waitFor() },
    {
      name: "setup",
      who: "operator",
      enter: async ({ operator, desk }) => {
        await desk.know(PLATFORM, { ...PLATFORM, name: "موودل", client_id: "moodle", roles: {} });
        await operator.page.getByLabel("API key").fill(desk.key);
        await operator.page.keyboard.press("Enter");
        await operator.page.getByRole("article").first().waitFor();
      },
    },
    {
      name: "setup form",
      who: "operator",
      enter: async ({ operator }) => {
        const { page } = operator;
        await page.getByRole("button", { name: "Add by hand" }).click();
        await page.getByLabel("Address of the platform").fill(SAKAI);
        await page.getByRole("button", { name: "Save" }).click();
        await page.getByText("Fill this in.").waitFor();
      },
      leave: ({ operator }) => operator.page.getByRole("button", { name: "Cancel" }).click(),
    },
    {
      name: "setup launches",
      who: "operator",
      fleeting: true,
      enter: async ({ operator, begin }) => {
        await begin("another");
        await operator.page.locator(".launches .entry").first().waitFor();
        await operator.page.locator(".launches .entry").first().evaluate((entry) => entry.scrollIntoView({ block: "center" }));
      },
      leave: () => undefined,
    },
  ],
};

const guests = {
  scene: "guests",
  make: async ({ server }) => {
    const room = await server.room({ access: "open" }, "Physics 101");
    const make = async (body) => (await server.api("POST", `/api/v1/rooms/${room}/links`, body)).json.url;
    const url = await make({ waits: true });
    await make({ waits: false, uses: 1 });
    const [host, guest] = await Promise.all([join(server, room, "Hanna Arendt", "host"), open(url)]);
    return { people: { host, guest }, end: () => closeRoom(server, room, [host, guest]) };
  },
  views: [
    { name: "invited as a guest", who: "guest", enter: ({ guest }) => guest.page.getByRole("heading", { name: "You are invited to Physics 101" }).waitFor() },
    {
      name: "inviting people",
      who: "host",
      fleeting: true,
      enter: async ({ host }) => {
        await host.page.locator(".tool").nth(-2).click();
        const links = host.page.locator(".links");
        await links.locator("summary").click();
        await links.locator("li").nth(1).waitFor();
        await links.evaluate((section) => section.scrollIntoView({ block: "center" }));
      },
      leave: ({ host }) => escape(host),
    },
  ],
};

/** Runs in the page before its own scripts: it takes itself for framed, by a page that allows it less. */
function asIfFramed() {
  window.parent = {};
  document.featurePolicy.allowsFeature = (feature) => feature !== "display-capture";
}

const framed = {
  scene: "a room in a platform's page",
  make: async ({ server }) => {
    const room = await server.room({ access: "open" }, "Physics 101");
    const speaker = await join(server, room, "Ada Lovelace", "speaker", { context: { script: { run: asIfFramed } } });
    await speaker.joinStage();
    return { people: { speaker }, end: () => closeRoom(server, room, [speaker]) };
  },
  views: [
    {
      name: "sharing a screen from a frame",
      who: "speaker",
      enter: async ({ speaker }) => {
        await speaker.control("Share screen").click();
        await speaker.dialog("Sharing a screen needs a window of its own").waitFor();
      },
      leave: ({ speaker }) => escape(speaker),
    },
  ],
};

const own = {
  scene: "one's own rooms",
  make: async () => {
    const provider = await realProvider();
    const server = await startServer({ config: signInConfig(provider.issuer) });
    provider.open(server.url);
    const teacher = await open(server.url);
    const end = () => teacher.leave().then(() => server.discard()).then(() => provider.close());
    return { people: { teacher }, end };
  },
  views: [
    { name: "signing in", who: "teacher", enter: ({ teacher }) => teacher.page.getByRole("link", { name: "Sign in with Example University" }).waitFor() },
    {
      name: "own rooms",
      who: "teacher",
      enter: async ({ teacher }) => {
        await signIn(teacher, "ada");
        const rooms = teacher.page.getByRole("region", { name: "Your rooms" });
        for (const title of ["Physics 101", "Office hours"]) {
          await rooms.getByRole("textbox", { name: "Title" }).fill(title);
          await rooms.getByRole("button", { name: "Create room" }).click();
          await rooms.getByRole("listitem").filter({ hasText: title }).waitFor();
        }
      },
    },
    {
      name: "ending an own room",
      who: "teacher",
      enter: async ({ teacher }) => {
        const office = teacher.page.getByRole("listitem").filter({ hasText: "Office hours" });
        await office.getByRole("button", { name: "End", exact: true }).click();
        await office.getByText("Really end it?").waitFor();
      },
    },
  ],
};

export const doorScenes = [launches, setup, guests, framed, own];
