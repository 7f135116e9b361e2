// The views of the room's door, of the stage as one arranges it, of the timer and of reactions: see views.mjs.

import { join } from "./browser.mjs";
import { Extra } from "./extras.mjs";
import { eventually } from "./media.mjs";
import { closeRoom, does, enterAs, escape, extrasOf, menuClosed, menuOpened, openPanel, press, quiet } from "./scenes.mjs";

/** Somebody who comes to a locked door, and waits there. */
async function knock(server, room, name) {
  const { token } = await server.invitation(room, name);
  const extra = Object.assign(new Extra(), { server, room, name, token });
  // Nobody lets them in.
  extra.connect().catch(() => undefined);
  return extra;
}

const door = {
  scene: "a locked room",
  make: async ({ server }) => {
    const room = await server.room({ access: "open" }, "Physics 101");
    const host = await join(server, room, "Hanna Arendt", "host");
    const viewer = await join(server, room, "Ada Lovelace");
    const extras = await extrasOf(server, room, { otto: ["Otto Hahn", "moderator"] });
    await does(extras.otto, { do: "lock_room", locked: true });
    const guest = await join(server, room, "Grace Hopper", "viewer", { waits: true });
    const waiting = [];
    const come = async (...names) => {
      for (const name of names) waiting.push(await knock(server, room, name));
    };
    const people = { host, viewer, guest, come, ...extras };
    return { people, end: () => closeRoom(server, room, [host, viewer, guest], [...Object.values(extras), ...waiting]) };
  },
  views: [
    { name: "waiting room", who: "guest", enter: ({ guest }) => guest.page.getByRole("heading", { name: "You are in the waiting room of Physics 101" }).waitFor() },
    { name: "locked room", who: "viewer", enter: ({ viewer }) => viewer.page.getByRole("img", { name: "The room is locked" }).waitFor() },
    { name: "somebody waits", who: "host", enter: ({ host }) => host.button("Admit").waitFor() },
    {
      name: "people wait",
      who: "host",
      enter: async ({ host, come }) => {
        await come("ليلى العلوي", "Wolfgang Amadeus Johann Chrysostomus Theophilus von und zu Hohenlohe-Waldenburg");
        await host.button("Admit all").waitFor();
      },
    },
    {
      name: "list of those who wait",
      who: "host",
      enter: async ({ host }) => {
        await openPanel(host, "Participants");
        await eventually("all three are listed", async () => (await host.page.getByRole("list", { name: "Waiting" }).getByRole("listitem").count()) === 3);
      },
      leave: ({ host }) => escape(host),
    },
  ],
};

/** Runs in the page: a screen to share, which shows a page of a book. */
function shareSlide() {
  navigator.mediaDevices.getDisplayMedia = async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 800 });
    const brush = canvas.getContext("2d");
    setInterval(() => {
      brush.fillStyle = "#fbfaf7";
      brush.fillRect(0, 0, 1280, 800);
      brush.fillStyle = "#22304a";
      brush.font = "600 72px sans-serif";
      brush.fillText("Light and colour", 110, 190);
      brush.font = "38px sans-serif";
      for (const [at, line] of ["Long waves are red, short ones blue", "A prism bends each its own way", "What we see is what is left"].entries()) {
        brush.fillText(`•  ${line}`, 110, 330 + at * 90);
      }
    }, 200);
    return canvas.captureStream(5);
  };
}

const UP = { do: "join_stage", sources: { mic: false, camera: false } };

/** With a place, not a name: the page may speak any language. */
async function openLayout(person) {
  const button = person.page.locator(".stage-controls [aria-haspopup=menu]");
  await button.focus();
  await button.press("Enter");
  await menuOpened(person);
}

async function choose(person, what) {
  await openLayout(person);
  await person.page.getByRole("menuitemradio", { name: what, exact: true }).click();
}

async function pin(person, name) {
  await person.tile("Grace Hopper").getByRole("button", { name, exact: true }).focus();
  await person.page.keyboard.press("Enter");
}

const openTimer = (person) => person.page.getByRole("button", { name: /^Timer/ }).click();

async function react({ viewer, alan, emmy, layla }, shown) {
  for (const [one, reactions] of [[alan, ["clap", "heart"]], [emmy, ["clap", "party"]], [layla, ["clap", "thumbs_up"]]]) {
    for (const reaction of reactions) await one.do({ do: "react", reaction });
  }
  await viewer.page.locator(shown).first().waitFor();
}

const stage = {
  scene: "a stage to look at",
  make: async ({ server }) => {
    const room = await server.room({ access: "open", capacity: 12 }, "Physics 101");
    const host = await enterAs(server, room, "Hanna Arendt", "host", 0);
    const speaker = await enterAs(server, room, "Grace Hopper", "speaker", 1);
    const viewer = await join(server, room, "Ada Lovelace");
    const extras = await extrasOf(server, room, {
      otto: ["Otto Hahn", "moderator"],
      alan: ["Alan Turing"],
      emmy: ["Emmy Noether"],
      layla: ["ليلى العلوي"],
      marie: ["Marie Skłodowska-Curie"],
    });
    await Promise.all([host.joinStage(), speaker.joinStage()]);
    for (const extra of [extras.alan, extras.emmy, extras.layla]) await does(extra, UP);
    await viewer.tile("Grace Hopper").locator("video").waitFor();
    await quiet(host);
    const people = { host, speaker, viewer, ...extras };
    return { people, end: () => closeRoom(server, room, [host, speaker, viewer], Object.values(extras)) };
  },
  views: [
    {
      name: "menu of the layout",
      who: "viewer",
      fleeting: true,
      enter: ({ viewer }) => openLayout(viewer),
      leave: ({ viewer }) => menuClosed(viewer),
    },
    {
      name: "speaker large",
      who: "viewer",
      enter: async ({ viewer }) => {
        await choose(viewer, "Speaker");
        await viewer.page.locator(".tile.large").waitFor();
      },
      leave: ({ viewer }) => choose(viewer, "Automatic"),
    },
    {
      name: "pinned tile",
      who: "viewer",
      enter: async ({ viewer }) => {
        await pin(viewer, "Show large");
        await viewer.page.locator(".tile.large .pinned").waitFor();
      },
      leave: ({ viewer }) => pin(viewer, "Show as before"),
    },
    {
      name: "put before everybody",
      who: "viewer",
      enter: async ({ viewer, otto, layla }) => {
        await does(otto, { do: "spotlight", participant: layla.id });
        await viewer.page.locator(".tile.large").waitFor();
      },
      leave: ({ otto }) => does(otto, { do: "spotlight" }),
    },
    {
      name: "shared screen",
      who: "viewer",
      enter: async ({ viewer, speaker }) => {
        await speaker.page.evaluate(shareSlide);
        await press(speaker, "Share screen");
        await viewer.page.locator(".tile.screen.large video").waitFor();
        await eventually("the screen is seen", () => viewer.page.locator(".tile.screen video").evaluate((video) => video.videoWidth > 640));
      },
    },
    {
      name: "sharing a screen",
      who: "speaker",
      enter: ({ speaker }) => speaker.control("Stop sharing").waitFor(),
      leave: async ({ viewer, speaker }) => {
        await press(speaker, "Stop sharing");
        await viewer.page.locator(".tile.screen").waitFor({ state: "hidden" });
      },
    },
    {
      name: "setting the timer",
      who: "host",
      enter: async ({ host }) => {
        await openTimer(host);
        await host.dialog("Timer").getByRole("spinbutton", { name: "Minutes" }).fill("20");
      },
      leave: ({ host }) => escape(host),
    },
    {
      name: "timer",
      who: "viewer",
      enter: async ({ viewer, otto }) => {
        await does(otto, { do: "set_timer", seconds: 300, running: true });
        await viewer.page.getByRole("timer").waitFor();
      },
    },
    {
      name: "changing the timer",
      who: "host",
      enter: async ({ host }) => {
        await openTimer(host);
        await host.dialog("Timer").getByRole("button", { name: "Pause" }).waitFor();
      },
      leave: async ({ host, otto }) => {
        await escape(host);
        await does(otto, { do: "set_timer", running: false });
      },
    },
    {
      name: "reacting",
      who: "viewer",
      enter: async ({ viewer }) => {
        await press(viewer, "React");
        await viewer.page.getByRole("group", { name: "Reactions" }).waitFor();
      },
      leave: ({ viewer }) => escape(viewer),
    },
    {
      name: "reactions counted",
      who: "viewer",
      fleeting: true,
      enter: (people) => react(people, ".counted"),
      leave: () => undefined,
    },
    {
      name: "reactions rising",
      who: "viewer",
      fleeting: true,
      enter: async (people) => {
        const { page } = people.viewer;
        await page.emulateMedia({ reducedMotion: "no-preference" });
        await react(people, ".rising");
        // As they are on their way.
        await page.evaluate(() => {
          for (const one of document.getAnimations()) {
            one.currentTime = 900;
            one.pause();
          }
        });
      },
      leave: () => undefined,
    },
  ],
};

export const stageScenes = [door, stage];
