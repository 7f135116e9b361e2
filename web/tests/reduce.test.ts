import { describe, expect, it } from "vitest";
import { reduce } from "../src/model/reduce";
import { initial, isLive, me, sameRoom, type State } from "../src/model/state";
import type { Features, ServerMessage } from "../src/signal/generated/messages";
import { change, entered, FEATURES, person, receive, stands, toasts, welcome } from "./room";

describe("versions", () => {
  it("takes the next change", () => {
    const state = stands(entered([person("p1")]), person("p2"));
    expect([...state.people.keys()]).toEqual(["p1", "p2"]);
    expect(state.room?.version).toBe(11);
  });

  it("knows when it missed one", () => {
    const state = receive(entered([person("p1")]), {
      type: "changed",
      version: 12,
      change: { what: "gone", participant: "p1" },
    });
    expect(state.stale).toBe(true);
    expect(state.people.has("p1")).toBe(true);
  });

  it("passes over what the snapshot held already", () => {
    const before = entered([person("p1")]);
    const state = receive(before, { type: "changed", version: 10, change: { what: "gone", participant: "p1" } });
    expect(state).toBe(before);
  });

  it("is fresh again after a snapshot", () => {
    const stale = { ...entered([person("p1")]), stale: true };
    expect(receive(stale, welcome([person("p1")], { version: 40 })).stale).toBe(false);
  });

  it("keeps the order in which people came when one of them changes", () => {
    const state = stands(entered([person("p1"), person("p2")]), person("p1", { mic: "on" }));
    expect([...state.people.keys()]).toEqual(["p1", "p2"]);
  });

  it("forgets who has gone", () => {
    const state = change(entered([person("p1"), person("p2")]), { what: "gone", participant: "p2" });
    expect(state.people.has("p2")).toBe(false);
  });
});

describe("coming and going on stage", () => {
  it("says when one is on stage, and closes the device dialog", () => {
    const ready = reduce(entered([person("p1")]), { is: "preparing", open: true });
    const state = stands(ready, person("p1", { stage: "on_stage" }));
    expect(state.preparing).toBe(false);
    expect(toasts(state)).toEqual(["told.on_stage"]);
  });

  it("says when one is a viewer again, in place of the earlier words", () => {
    const up = stands(entered([person("p1")]), person("p1", { stage: "on_stage" }));
    expect(toasts(stands(up, person("p1")))).toEqual(["told.viewer"]);
  });

  it("says so as well when it happened while the connection was lost", () => {
    const up = reduce(stands(entered([person("p1")]), person("p1", { stage: "on_stage" })), { is: "link_lost" });
    const back = receive(up, welcome([person("p1")], { version: 99 }, true));
    expect(back.link).toBe("open");
    expect(toasts(back)).toEqual(["told.viewer"]);
  });

  it("says so to somebody new in a room that began anew", () => {
    const up = stands(entered([person("p1"), person("p2")]), person("p1", { stage: "on_stage" }));
    const restarted = receive(up, welcome([person("p2"), person("p1", { stage: "on_stage" })], { version: 3 }));
    expect(restarted.you).toBe("p2");
    expect(toasts(restarted)).toEqual(["told.viewer"]);
  });

  it("says nothing to a watcher whose number was that of somebody on stage", () => {
    const watching = entered([person("p2"), person("p1", { stage: "on_stage" })]);
    expect(toasts(receive(watching, welcome([person("p1"), person("p2")], { version: 3 })))).toEqual([]);
  });

  it("shows an invitation of the room begun anew, whatever its number", () => {
    const invited = person("p1", { stage: "invited", invitation: 7 });
    const aside = reduce(entered([invited]), { is: "invitation_aside" });
    expect(receive(aside, welcome([invited], {}, true)).asideInvitation).toBe(7);
    expect(receive(aside, welcome([invited], {}, false)).asideInvitation).toBeNull();
  });

  it("says nothing about others", () => {
    const state = stands(entered([person("p1"), person("p2")]), person("p2", { stage: "on_stage" }));
    expect(toasts(state)).toEqual([]);
  });
});

describe("invitations", () => {
  it("leads from an approved request straight to the devices", () => {
    const asked = stands(entered([person("p1")]), person("p1", { stage: "requested", request: 4 }));
    expect(stands(asked, person("p1", { stage: "invited", invitation: 7 })).preparing).toBe(true);
  });

  it("asks first when it comes out of the blue", () => {
    const state = stands(entered([person("p1")]), person("p1", { stage: "invited", invitation: 7 }));
    expect(state.preparing).toBe(false);
  });

  it("closes the device dialog when it is taken back", () => {
    const invited = stands(entered([person("p1")]), person("p1", { stage: "invited", invitation: 7 }));
    const ready = reduce(invited, { is: "preparing", open: true });
    const state = stands(receive(ready, { type: "notice", notice: { code: "invitation_revoked" } }), person("p1"));
    expect(state.preparing).toBe(false);
    expect(toasts(state)).toEqual(["told.revoked"]);
  });

  it("stays aside once put aside, and a new one shows again", () => {
    const invited = stands(entered([person("p1")]), person("p1", { stage: "invited", invitation: 7 }));
    const aside = reduce(invited, { is: "invitation_aside" });
    expect(aside.asideInvitation).toBe(7);
    const again = stands(aside, person("p1", { stage: "invited", invitation: 8 }));
    expect(again.asideInvitation).not.toBe(me(again)?.invitation);
  });

  it("remembers who invited", () => {
    const state = receive(entered([person("p1"), person("p2")]), {
      type: "notice",
      notice: { code: "invited", invitation: 7, by: "p2" },
    });
    expect(state.invitedBy).toBe("p2");
  });
});

describe("a moderator's hold on a source", () => {
  const up = (more: object) => person("p1", { stage: "on_stage", mic: "on", camera: "on", ...more });

  it.each([
    [{ mic: "muted" } as const, "told.muted.mic"],
    [{ mic: "locked" } as const, "told.locked.mic"],
    [{ camera: "muted" } as const, "told.muted.camera"],
    [{ camera: "locked" } as const, "told.locked.camera"],
  ])("%o is said as %s", (hold, key) => {
    const state = stands(entered([up({})]), up(hold));
    expect(toasts(state)).toEqual([key]);
  });

  it("is said when it ends", () => {
    const locked = entered([up({ mic: "locked" })]);
    expect(toasts(stands(locked, up({ mic: "off" })))).toEqual(["told.released.mic"]);
  });

  it("ends what is live", () => {
    expect(isLive(up({}), "mic")).toBe(true);
    expect(isLive(up({ mic: "muted" }), "mic")).toBe(false);
    expect(isLive(person("p1", { mic: "on" }), "mic")).toBe(false);
  });

  it("is not said about one's own doing", () => {
    expect(toasts(stands(entered([up({})]), up({ mic: "off" })))).toEqual([]);
  });
});

describe("an offer to unmute", () => {
  const up = (more: object) => person("p1", { stage: "on_stage", mic: "off", camera: "on", ...more });
  const asked = receive(entered([up({})]), { type: "notice", notice: { code: "asked_to_unmute", source: "mic" } });

  it("stays while it can be followed", () => {
    expect(toasts(stands(asked, up({ mic: "muted" })))).toContain("told.unmute.mic");
    expect(toasts(stands(asked, up({ camera: "off" })))).toEqual(["told.unmute.mic"]);
  });

  it.each([
    [up({ mic: "on" }), []],
    [up({ mic: "locked" }), ["told.locked.mic"]],
    [person("p1"), ["told.viewer"]],
  ])("goes when it cannot, or was: %o", (now, left) => {
    expect(toasts(stands(asked, now))).toEqual(left);
  });

  it("is not made to somebody who cannot take it", () => {
    const offered = (now: ReturnType<typeof person>) =>
      toasts(receive(entered([now]), { type: "notice", notice: { code: "asked_to_unmute", source: "mic" } }));
    expect([offered(up({ mic: "on" })), offered(up({ mic: "locked" })), offered(person("p1"))]).toEqual([[], [], []]);
  });
});

describe("what was said about a source", () => {
  const muted = stands(
    entered([person("p1", { stage: "on_stage", mic: "on", camera: "on" })]),
    person("p1", { stage: "on_stage", mic: "muted", camera: "on" }),
  );

  it("goes when the source is on again", () => {
    expect(toasts(stands(muted, person("p1", { stage: "on_stage", mic: "on", camera: "on" })))).toEqual([]);
  });

  it("goes with the stage", () => {
    const failed = reduce(muted, {
      is: "told",
      toast: { topic: "device-camera", tone: "alert", text: { key: "devices.unplugged.camera" } },
    });
    expect(toasts(stands(failed, person("p1")))).toEqual(["told.viewer"]);
  });

  it("is said of a lock that comes with the way off the stage", () => {
    expect(toasts(stands(muted, person("p1", { mic: "locked" })))).toEqual(["told.viewer", "told.locked.mic"]);
  });
});

describe("words", () => {
  it("tells the requester of a decline", () => {
    const state = receive(entered([person("p1")]), { type: "notice", notice: { code: "request_declined", cooldown_seconds: 5 } });
    expect(state.toasts[0]).toMatchObject({ tone: "alert", text: { key: "told.declined" } });
  });

  it("tells the inviter whose answer it was", () => {
    const state = receive(entered([person("p1"), person("p2")]), {
      type: "notice",
      notice: { code: "invitation_declined", participant: "p2" },
    });
    expect(state.toasts[0]?.text.values).toEqual({ name: "Person p2" });
  });

  it("never piles up", () => {
    let state = initial;
    for (let topic = 0; topic < 10; topic += 1) {
      state = reduce(state, { is: "told", toast: { topic: `t${topic}`, tone: "status", text: { key: "told.viewer" } } });
    }
    expect(state.toasts.map((toast) => toast.topic)).toEqual(["t6", "t7", "t8", "t9"]);
  });

  it("goes away when dismissed", () => {
    const told = stands(entered([person("p1")]), person("p1", { stage: "on_stage" }));
    const key = told.toasts[0]?.key ?? 0;
    expect(reduce(told, { is: "dismissed", key }).toasts).toEqual([]);
  });
});

describe("endings", () => {
  it.each(["newer_session", "removed", "room_ended", "left"] as const)("%s leaves no room to show", (closing) => {
    const state = receive(entered([person("p1", { stage: "on_stage", mic: "on" })]), { type: "closing", closing });
    expect(state).toMatchObject({ link: "over", ending: closing, you: null });
    expect(state.people.size).toBe(0);
  });

  it("a draining server is no ending", () => {
    const before = entered([person("p1")]);
    expect(receive(before, { type: "closing", closing: "draining" })).toBe(before);
  });

  it("an error that will not go away by itself is one", () => {
    expect(receive(initial, { type: "error", code: "token_expired", detail: "" }).ending).toBe("token_expired");
    expect(receive(initial, { type: "error", code: "too_many_messages", detail: "" }).ending).toBeNull();
  });

  it("a retry begins anew", () => {
    const ended = receive(entered([person("p1")]), { type: "closing", closing: "newer_session" });
    expect(reduce(ended, { is: "retry" })).toMatchObject({ link: "connecting", ending: null, room: null });
  });
});

describe("the link", () => {
  it("is lost only after it was there", () => {
    expect(reduce(initial, { is: "link_lost" }).link).toBe("connecting");
    expect(reduce(entered([person("p1")]), { is: "link_lost" }).link).toBe("lost");
  });

  it("keeps the slots over a resume, and forgets them with a new session", () => {
    const seen = receive(entered([person("p1")]), {
      type: "slots",
      slots: [{ mid: "3", participant: "p2", source: "mic" }],
    });
    expect(receive(seen, welcome([person("p1")], {}, true)).slots).toHaveLength(1);
    expect(receive(seen, welcome([person("p1")], {}, false)).slots).toHaveLength(0);
  });

  it("closes the settings when the device dialog opens, and leaves the participants open", () => {
    const panel = (panel: "settings" | "participants") => reduce(initial, { is: "panel", panel });
    expect(reduce(panel("settings"), { is: "preparing", open: true }).panel).toBeNull();
    expect(reduce(panel("participants"), { is: "preparing", open: true }).panel).toBe("participants");
  });
});

describe("who speaks", () => {
  it("is what the server said last, and nobody after a new welcome", () => {
    const people = [person("p1"), person("p2")];
    const both = receive(entered(people), { type: "speaking", speaking: ["p1", "p2"], active: "p1" });
    expect([[...both.speaking], both.active]).toEqual([["p1", "p2"], "p1"]);
    const silent = receive(both, { type: "speaking", speaking: [], active: "p1" });
    expect([[...silent.speaking], silent.active]).toEqual([[], "p1"]);
    const back = receive(both, welcome(people, { version: 20 }));
    expect([[...back.speaking], back.active]).toEqual([[], null]);
  });
});

describe("how well somebody is connected", () => {
  const figures = { lost_up: 120, lost_down: 0, round_trip_ms: 80, kbits_up: 300, kbits_down: 900 };
  it("is what was said last, nothing once nothing flows, and nothing after a new welcome", () => {
    const people = [person("p1"), person("p2")];
    const poor = receive(entered(people), { type: "quality", measured: [{ participant: "p2", quality: { level: "poor", ...figures } }] });
    expect([...poor.quality].map(([who, { level }]) => [who, level])).toEqual([["p2", "poor"]]);
    const other = receive(poor, { type: "quality", measured: [{ participant: "p1", quality: { level: "fair", ...figures } }] });
    expect([...other.quality.keys()]).toEqual(["p2", "p1"]);
    expect([...receive(other, { type: "quality", measured: [{ participant: "p2" }] }).quality.keys()]).toEqual(["p1"]);
    expect(receive(other, welcome(people, { version: 20 })).quality.size).toBe(0);
  });
  it("is no business any more of whoever moderates no more", () => {
    const people = [person("p1", { role: "moderator" }), person("p2")];
    const both = ["p1", "p2"].map((participant) => ({ participant, quality: { level: "poor" as const, ...figures } }));
    const before = receive(entered(people), { type: "quality", measured: both });
    const after = receive(before, { type: "changed", version: 11, change: { what: "participant", participant: person("p1") } });
    expect([...after.quality.keys()]).toEqual(["p1"]);
  });
});

describe("one's own main tile", () => {
  it("is kept over a lost connection, and given up by hand and with the room", () => {
    const pinned = { participant: "p2", shows: "camera" } as const;
    const people = [person("p1"), person("p2", { stage: "on_stage" })];
    const state = reduce(entered(people), { is: "pinned", pinned });
    expect(receive(reduce(state, { is: "link_lost" }), welcome(people, { version: 20 }, true)).pinned).toEqual(pinned);
    expect(reduce(state, { is: "pinned", pinned: null }).pinned).toBeNull();
    expect(reduce(state, { is: "ended", ending: "left" }).pinned).toBeNull();
  });
});

it("a message of a newer server changes nothing", () => {
  const before = entered([person("p1")]);
  const newer = JSON.parse('{"type":"applause","hands":7}') as ServerMessage;
  expect(receive(before, newer)).toBe(before);
});

describe("what a room has", () => {
  const turned = (state: State, features: Partial<Features>) =>
    change(state, { what: "room", title: "Room", access: "request", capacity: 25, self_leave: false, locked: false, features: { ...FEATURES, ...features } });

  it("closes where it is turned off, and says so to whoever had it open", () => {
    for (const panel of ["chat", "questions", "polls"] as const) {
      const open = reduce(entered([person("p1")]), { is: "panel", panel });
      const off = turned(open, { [panel]: false });
      expect([off.panel, toasts(off)]).toEqual([null, [`told.off.${panel}`]]);
      expect(turned(open, { hands: false }).panel).toBe(panel);
    }
  });

  it("says nothing to whoever looks at something else", () => {
    const off = turned(reduce(entered([person("p1")]), { is: "panel", panel: "participants" }), { chat: false });
    expect([off.panel, toasts(off)]).toEqual(["participants", []]);
  });

  it("closes as well where that happened while the connection was lost", () => {
    const open = reduce(entered([person("p1")]), { is: "panel", panel: "chat" });
    expect(receive(open, welcome([person("p1")], { features: { ...FEATURES, chat: false } }, true)).panel).toBeNull();
  });
});

describe("what a look at the room sees of it", () => {
  const { room } = entered([person("p1")]);

  it("is the same when only its version went up", () => {
    expect(room !== null && sameRoom(room, { ...room, version: 99, features: { ...room.features } })).toBe(true);
  });

  it("is another with everything else", () => {
    if (room === null) throw new Error("no room");
    for (const more of [{ locked: true }, { spotlight: "p1" }, { title: "Other" }, { features: { ...FEATURES, chat: false } }]) {
      expect(sameRoom(room, { ...room, ...more })).toBe(false);
    }
  });
});
