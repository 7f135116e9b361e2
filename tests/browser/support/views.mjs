// Every view of the page, and how to get there. Suites walk this one table (see suites/views.mjs): a new view is one more entry.
//
// A view stands in a scene, which is made once for all its views, in their order. `who` looks at it. `enter` brings it about, while the page
// is English and as large as a desktop; `leave` puts everything back. A `fleeting` view does not outlive a change of size or language, so it is
// entered anew for each, and may rely on roles and places but on no name.

import { open, join } from "./browser.mjs";
import { eventually } from "./media.mjs";
import { closeRoom, enterAs, escape, extrasOf, openPanel, panel, press, quiet, region } from "./scenes.mjs";
import { attendanceViews } from "./views_attendance.mjs";
import { doorScenes } from "./views_doors.mjs";
import { stageScenes } from "./views_stage.mjs";
import { talkScenes } from "./views_talk.mjs";

/** A page that comes to nothing: the server's last word is in the token. */
const ending = (code, word = { type: "error", code, detail: "" }) => ({
  name: `ending ${code.replaceAll("_", " ")}`,
  who: "guest",
  enter: async ({ guest, server }) => {
    await guest.page.goto("about:blank");
    await guest.page.goto(`${server.url}/r/physics#token=${encodeURIComponent(JSON.stringify(word))}`);
    await guest.page.getByRole("heading", { level: 1 }).waitFor();
  },
});
const closing = (code) => ending(code, { type: "closing", closing: code });

/** Runs in the page before its own scripts: a server whose only word is what the page's token says, and which is silent without one. */
function answerWithToken() {
  window.WebSocket = class extends EventTarget {
    static OPEN = 1;
    readyState = 1;
    constructor() {
      super();
      setTimeout(() => this.onopen?.());
    }
    send(frame) {
      const { token } = JSON.parse(frame);
      if (token?.startsWith("{")) setTimeout(() => this.onmessage?.({ data: token }));
    }
    close() {}
  };
}

const scenes = {
  /** Pages without a room. */
  "outside": async ({ server }) => {
    const [visitor, guest] = await Promise.all([open(`${server.url}/`), open("about:blank", { script: { run: answerWithToken } })]);
    return { people: { visitor, guest }, end: () => Promise.all([visitor.leave(), guest.leave()]) };
  },

  /** Nobody has done anything yet. */
  "a new room": async ({ server }) => {
    const room = await server.room({ access: "open" }, "Physics 101");
    const [host, viewer] = await Promise.all([join(server, room, "Hanna Arendt", "host"), join(server, room, "Ada Lovelace")]);
    return { people: { host, viewer }, end: () => closeRoom(server, room, [host, viewer]) };
  },

  /** A host and a speaker on stage, people in every standing around them. */
  "a room in session": async ({ server }) => {
    const room = await server.room({ access: "request", capacity: 12 }, "Physics 101");
    const host = await enterAs(server, room, "Hanna Arendt", "host", 0);
    const speaker = await enterAs(server, room, "Grace Hopper", "speaker", 1);
    const viewer = await enterAs(server, room, "Ada Lovelace", "viewer", 2);
    const extras = await extrasOf(server, room, {
      emmy: ["Emmy Noether", "speaker"],
      layla: ["ليلى العلوي", "speaker"],
      alan: ["Alan Turing"],
      kurt: ["Kurt Gödel"],
      marie: ["Marie Skłodowska-Curie"],
      long: ["Wolfgang Amadeus Johann Chrysostomus Theophilus von und zu Hohenlohe-Waldenburg"],
    });
    await Promise.all([host.joinStage(), speaker.joinStage()]);
    await extras.emmy.do({ do: "join_stage", sources: { mic: true, camera: false } });
    await extras.layla.do({ do: "join_stage", sources: { mic: false, camera: false } });
    await host.page.getByText("You are on stage").waitFor({ state: "hidden" });
    const people = { host, speaker, viewer, ...extras };
    return { people, end: () => closeRoom(server, room, [host, speaker, viewer], Object.values(extras)) };
  },
};

const asks = (...extras) => Promise.all(extras.map((extra) => extra.do({ do: "request_stage" })));

const table = {
  "outside": [
    {
      name: "landing",
      who: "visitor",
      enter: ({ visitor }) => visitor.page.getByRole("heading", { name: "Create a room" }).waitFor(),
    },
    {
      name: "landing with a room",
      who: "visitor",
      enter: async ({ visitor }) => {
        await visitor.page.getByRole("textbox", { name: "Title" }).fill("Monday lecture");
        await visitor.button("Create room").click();
        await visitor.page.getByRole("heading", { name: "“Monday lecture” is ready" }).waitFor();
      },
    },
    {
      name: "arriving",
      who: "guest",
      enter: async ({ guest, server }) => {
        await guest.page.goto(`${server.url}/r/physics#token=none`);
        await guest.page.getByText(/Connecting|cannot be reached/).waitFor();
      },
    },
    ...["newer_session", "removed", "room_ended", "left"].map(closing),
    ...["token_invalid", "token_expired", "token_wrong_room", "room_not_found", "room_full"].map((code) => ending(code)),
    ...["version_mismatch", "message_invalid", "message_too_long"].map((code) => ending(code)),
    {
      name: "ending no token",
      who: "guest",
      enter: async ({ guest, server }) => {
        await guest.page.goto(`${server.url}/r/physics`);
        await guest.page.getByRole("heading", { name: "This link is incomplete" }).waitFor();
      },
    },
  ],

  "a new room": [
    { name: "empty stage", who: "viewer", enter: ({ viewer }) => viewer.page.getByText("The stage is empty").waitFor() },
    panel("chat empty", "viewer", "Chat"),
    panel("settings viewer", "viewer", "Settings"),
    {
      name: "settings devices",
      who: "viewer",
      fleeting: true,
      enter: async ({ viewer }) => {
        const { page } = viewer;
        await page.locator(".tool").nth(-2).click();
        await page.locator(".panel .check button").first().click();
        await page.getByRole("meter").waitFor();
        await page.getByRole("meter").evaluate((meter) => meter.scrollIntoView({ block: "center" }));
      },
      leave: ({ viewer }) => escape(viewer),
    },
    {
      name: "settings host",
      who: "host",
      enter: async ({ host }) => {
        await openPanel(host, "Settings");
        await host.button("End the room for everyone").click();
        await host.button("Keep it open").waitFor();
      },
      leave: ({ host }) => escape(host),
    },
    {
      name: "settings switches",
      who: "host",
      fleeting: true,
      enter: async ({ host }) => {
        await host.page.locator(".tool").nth(-2).click();
        await host.page.locator(".features").waitFor();
        await host.page.locator(".features").evaluate((group) => group.scrollIntoView({ block: "center" }));
      },
      leave: ({ host }) => escape(host),
    },
    {
      name: "connection lost",
      who: "viewer",
      enter: async ({ viewer }) => {
        await viewer.page.evaluate(() => {
          window.watched.back = window.WebSocket;
          window.WebSocket = class extends EventTarget {
            close() {}
          };
          window.watched.sockets.at(-1).close();
        });
        await viewer.page.getByText("Connection lost").waitFor();
      },
      leave: ({ viewer }) => viewer.page.reload(),
    },
  ],

  "a room in session": [
    {
      name: "stage with people",
      who: "viewer",
      enter: async ({ viewer }) => {
        await viewer.tile("Hanna Arendt").locator("video").waitFor();
        await viewer.tile("Grace Hopper").locator("video").waitFor();
      },
    },
    { name: "on stage", who: "host", enter: ({ host }) => host.tile("Hanna Arendt").locator("video").waitFor() },
    {
      name: "asking",
      who: "viewer",
      enter: ({ viewer }) => press(viewer, "Ask to join stage"),
      leave: async ({ viewer }) => {
        await press(viewer, "Cancel request");
        await viewer.control("Ask to join stage").waitFor();
      },
    },
    {
      name: "question of a request",
      who: "viewer",
      enter: async ({ viewer }) => {
        await press(viewer, "Ask to join stage");
        await press(viewer, "Add a question");
        await viewer.dialog("Add a question").getByRole("textbox").fill("Could you say more about the second experiment?");
      },
    },
    {
      name: "request with a question",
      who: "host",
      enter: async ({ host, viewer }) => {
        await viewer.button("Add").click();
        await host.page.locator(".card .asked").waitFor();
      },
      leave: async ({ host, viewer }) => {
        await press(viewer, "Cancel request");
        await host.page.locator(".card").waitFor({ state: "hidden" });
      },
    },
    {
      name: "requests",
      who: "host",
      enter: async ({ host, alan, kurt, long }) => {
        await asks(alan, kurt, long);
        await host.button("Bring all to stage").waitFor();
      },
      leave: async ({ host, server, alan, kurt, long }) => {
        for (const { id } of [alan, kurt, long]) await server.api("POST", `/api/v1/rooms/${host.room}/participants/${id}/stage`, { do: "decline" });
        await host.button("Bring all to stage").waitFor({ state: "hidden" });
      },
    },
    {
      name: "participants",
      who: "host",
      enter: async ({ host, server, viewer, alan, marie, kurt, emmy }) => {
        await eventually("the cool-down is over", async () => (await alan.do({ do: "request_stage" })).type === "done");
        await kurt.do({ do: "raise_hand", raised: true });
        await server.api("POST", `/api/v1/rooms/${host.room}/participants/${marie.id}/stage`, { do: "invite" });
        await server.api("POST", `/api/v1/rooms/${host.room}/participants/${emmy.id}/mute`, { source: "mic", state: "locked" });
        await server.api("POST", `/api/v1/rooms/${host.room}/participants/${await viewer.id()}/mute`, { source: "camera", state: "locked" });
        await openPanel(host, "Participants");
        await host.page.getByText("Invited").waitFor();
      },
    },
    {
      name: "menu of a person",
      who: "host",
      fleeting: true,
      enter: async ({ host }) => {
        await host.page.locator("[aria-haspopup=menu]").nth(1).click();
        await host.page.getByRole("menu").waitFor();
      },
      leave: async ({ host }) => {
        await host.page.getByRole("menu").waitFor();
        await escape(host);
      },
    },
    {
      name: "search of a person",
      who: "host",
      enter: ({ host }) => host.page.getByRole("searchbox").fill("xyz"),
      leave: async ({ host, server, viewer, alan, kurt, marie, emmy }) => {
        await host.page.getByRole("searchbox").fill("");
        await escape(host);
        const api = (who, what, body) => server.api("POST", `/api/v1/rooms/${host.room}/participants/${who}/${what}`, body);
        await alan.do({ do: "cancel_request", request: (await server.participants(host.room)).find((one) => one.id === alan.id)?.request ?? 0 });
        await api(alan.id, "stage", { do: "decline" });
        await kurt.do({ do: "raise_hand", raised: false });
        await api(marie.id, "stage", { do: "revoke" });
        await api(emmy.id, "mute", { source: "mic", state: "released" });
        await api(await viewer.id(), "mute", { source: "camera", state: "released" });
        await Promise.all([quiet(viewer), quiet(host)]);
      },
    },
    ...attendanceViews,
    {
      name: "chat",
      who: "host",
      enter: async ({ host, viewer, alan, layla }) => {
        await alan.do({ do: "say", text: "Good morning!" });
        await alan.do({ do: "say", text: "Is there a recording of last week? I found https://example.edu/lectures?week=3 but it asks for a password." });
        await layla.do({ do: "say", text: "صباح الخير، هل سنناقش الفصل الثالث اليوم؟" });
        await openPanel(host, "Chat");
        await region(host, "Chat").getByRole("textbox", { name: "Message" }).fill("Yes, in the second half.");
        await region(host, "Chat").getByRole("button", { name: "Send" }).click();
        await host.page.getByText("Yes, in the second half.").waitFor();
        await viewer.page.locator("[data-count='4']").waitFor();
      },
      leave: ({ host }) => escape(host),
    },
    panel("chat viewer", "viewer", "Chat"),
    {
      name: "invitation",
      who: "viewer",
      enter: async ({ viewer, server }) => {
        await server.api("POST", `/api/v1/rooms/${viewer.room}/participants/${await viewer.id()}/stage`, { do: "invite" });
        await viewer.invitation.waitFor();
      },
    },
    {
      name: "device dialog",
      who: "viewer",
      enter: async ({ viewer }) => {
        await viewer.button("Join the stage").click();
        await viewer.devices.locator("video").waitFor();
      },
    },
    {
      name: "toasts",
      who: "viewer",
      enter: async ({ viewer, server }) => {
        await viewer.goLive();
        await server.api("POST", `/api/v1/rooms/${viewer.room}/participants/${await viewer.id()}/mute`, { source: "mic", state: "muted" });
        await viewer.told("Your microphone was muted by a moderator");
        // Whoever reads a toast keeps it.
        const dismiss = viewer.page.locator(".toast .round");
        await dismiss.first().focus();
        await dismiss.last().hover();
      },
      leave: async ({ viewer }) => {
        const { page } = viewer;
        while (await page.locator(".toast").count()) await page.locator(".toast .round").first().click();
      },
    },
    {
      name: "viewer on stage",
      who: "viewer",
      enter: ({ viewer }) => viewer.control("Unmute microphone").waitFor(),
    },
  ],
};

const early = Object.entries(table).map(([name, all]) => ({ scene: name, make: scenes[name], views: all }));

export const views = [...early, ...talkScenes, ...stageScenes, ...doorScenes];
