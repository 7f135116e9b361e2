import { describe, expect, it } from "vitest";
import { mayShareScreen, wayOf } from "../src/model/abilities";
import { actionsFor, writingActions } from "../src/model/actions";
import type { Access, ParticipantState } from "../src/signal/generated/messages";
import { en } from "./catalogues";
import { entered, FEATURES, person } from "./room";

const ROOM = { features: FEATURES, spotlight: null };
const actions = (actor: ParticipantState, whom: ParticipantState) => actionsFor(actor, whom, ROOM);
/** Without what has tests of its own: writing, and the spotlight. */
const labels = (actor: ParticipantState, whom: ParticipantState) =>
  actions(actor, whom)
    .flat()
    .filter(({ command }) => !["silence", "write_privately", "spotlight"].includes(command.do))
    .map(({ key }) => en[key]);

describe("the way onto the stage", () => {
  const way = (more: Partial<ParticipantState>, access: Access, selfLeave = false) =>
    wayOf(entered([person("p1", more)], { access, self_leave: selfLeave }));

  it("follows the stage access for a viewer", () => {
    expect([way({}, "open"), way({}, "request"), way({}, "invite")]).toEqual(["join", "ask", null]);
  });

  it("is free for speakers and above", () => {
    for (const role of ["speaker", "moderator", "host"] as const) expect(way({ role }, "invite")).toBe("join");
  });

  it("turns into the way back while a request is pending", () => {
    expect(way({ stage: "requested", request: 1 }, "request")).toBe("cancel");
  });

  it("is open to the invited in every mode", () => {
    expect(way({ stage: "invited", invitation: 1 }, "invite")).toBe("join");
  });

  it("leads off again for a viewer only where the room says so", () => {
    expect(way({ stage: "on_stage" }, "open")).toBeNull();
    expect(way({ stage: "on_stage" }, "open", true)).toBe("leave");
    expect(way({ stage: "on_stage", role: "speaker" }, "open")).toBe("leave");
  });
});

describe("a screen", () => {
  it("is shared by speakers and above, not by the audience", () => {
    expect(mayShareScreen(undefined)).toBe(false);
    expect((["viewer", "speaker", "moderator", "host"] as const).map((role) => mayShareScreen(person("p", { role })))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });
});

describe("a moderator's menu", () => {
  const moderator = person("m", { role: "moderator" });

  it("is empty for everybody else, and for oneself", () => {
    expect(actions(person("v"), person("w"))).toEqual([]);
    expect(actions(person("s", { role: "speaker" }), person("w"))).toEqual([]);
    expect(actions(moderator, moderator)).toEqual([]);
    expect(actionsFor(moderator, person("v"), null)).toEqual([]);
  });

  it("invites who watches", () => {
    expect(labels(moderator, person("v"))).toEqual(["Invite to stage", "Lock microphone", "Lock camera", "Remove from room"]);
  });

  it("answers who asks, naming the request", () => {
    const asking = person("v", { stage: "requested", request: 9 });
    expect(labels(moderator, asking)).toEqual(expect.arrayContaining(["Bring to stage", "Decline request"]));
    expect(actions(moderator, asking)[0]?.map(({ command }) => command)).toEqual([
      { do: "approve_request", request: 9 },
      { do: "decline_request", request: 9 },
    ]);
  });

  it("takes an invitation back", () => {
    expect(labels(moderator, person("v", { stage: "invited", invitation: 3 }))).toContain("Take back the invitation");
  });

  it("mutes, locks and removes who is on stage", () => {
    const live = person("v", { stage: "on_stage", mic: "on", camera: "on" });
    expect(labels(moderator, live)).toEqual([
      "Mute microphone",
      "Lock microphone",
      "Turn off camera",
      "Lock camera",
      "Remove from stage",
      "Remove from room",
    ]);
  });

  it("offers to unlock what is locked, never both", () => {
    const locked = person("v", { stage: "on_stage", mic: "locked", camera: "locked" });
    expect(labels(moderator, locked)).toEqual(["Unlock microphone", "Unlock camera", "Remove from stage", "Remove from room"]);
  });

  it("asks to unmute who is silent on stage", () => {
    expect(labels(moderator, person("v", { stage: "on_stage", mic: "muted" }))).toContain("Ask to unmute");
    expect(labels(moderator, person("v"))).not.toContain("Ask to unmute");
  });

  it("leaves other moderators where they are, unless one is a host", () => {
    const other = person("n", { role: "moderator", stage: "on_stage" });
    expect(labels(moderator, other)).not.toContain("Remove from stage");
    expect(labels(moderator, other)).not.toContain("Remove from room");
    expect(labels(person("h", { role: "host" }), other)).toEqual(expect.arrayContaining(["Remove from stage", "Remove from room"]));
  });

  it("leaves a host's microphone and camera to hosts", () => {
    const host = person("h", { role: "host", stage: "on_stage", mic: "on", camera: "off" });
    expect(labels(moderator, host)).toEqual([]);
    expect(labels(moderator, { ...host, mic: "off" })).toEqual(["Ask to unmute"]);
    expect(labels(person("g", { role: "host" }), host)).toContain("Lock microphone");
  });

  it("ends with what takes somebody away", () => {
    const live = person("v", { role: "moderator", stage: "on_stage", mic: "on" });
    const graves = actions(person("h", { role: "host" }), live).map((section) => section.some(({ grave }) => grave === true));
    expect(graves.slice(0, -1)).not.toContain(true);
    expect(graves.at(-1)).toBe(true);
  });

  it("changes roles for hosts only", () => {
    expect(labels(person("h", { role: "host" }), person("v"))).toEqual(
      expect.arrayContaining(["Make host", "Make moderator", "Make speaker"]),
    );
    expect(labels(moderator, person("v")).some((label) => label.startsWith("Make"))).toBe(false);
  });
});

describe("writing to somebody", () => {
  const keys = (actor: ParticipantState, whom: ParticipantState, features = FEATURES) => writingActions(actor, whom, { features }).map(({ key }) => key);
  const [viewer, speaker, moderator] = [person("v"), person("s", { role: "speaker" }), person("m", { role: "moderator" })];

  it("goes from anybody to moderators, and from moderators to anybody", () => {
    expect([keys(viewer, moderator), keys(speaker, moderator)]).toEqual([["act.write_privately"], ["act.write_privately"]]);
    expect([keys(viewer, speaker), keys(speaker, viewer), keys(moderator, moderator)]).toEqual([[], [], []]);
    expect(keys(moderator, viewer)).toContain("act.write_privately");
    expect(keys({ ...viewer, silenced: true }, moderator)).toEqual([]);
    expect(actions(viewer, moderator)).toEqual([]);
  });

  it("is taken from those who do not moderate, and given back to whom it was taken from", () => {
    expect(keys(moderator, viewer)).toEqual(["act.write_privately", "act.silence"]);
    expect(keys(moderator, { ...viewer, silenced: true })).toEqual(["act.write_privately", "act.unsilence"]);
    expect(keys(moderator, person("n", { role: "moderator" }))).toEqual(["act.write_privately"]);
  });

  it("is not offered where there is no chat, nor taken where there is nothing to take", () => {
    expect(keys(viewer, moderator, { ...FEATURES, chat: false })).toEqual([]);
    expect(keys(moderator, viewer, { ...FEATURES, chat: false })).toEqual(["act.silence"]);
    expect(keys(moderator, viewer, { ...FEATURES, chat: false, reactions: false, questions: false })).toEqual([]);
  });
});

describe("the spotlight", () => {
  const moderator = person("m", { role: "moderator" });
  const commands = (actor: ParticipantState, whom: ParticipantState, spotlight: string | null) =>
    actionsFor(actor, whom, { features: FEATURES, spotlight }).flat().map(({ command }) => command).filter((command) => command.do === "spotlight");
  const live = person("v", { stage: "on_stage" });

  it("is put on whoever is on stage, and taken off again", () => {
    expect(commands(moderator, live, null)).toEqual([{ do: "spotlight", participant: "v" }]);
    expect(commands(moderator, live, "w")).toEqual([{ do: "spotlight", participant: "v" }]);
    expect(commands(moderator, live, "v")).toEqual([{ do: "spotlight" }]);
  });

  it("is all that a moderator's own menu has, while on stage", () => {
    const own = { ...moderator, stage: "on_stage" as const };
    expect(actions(own, own).flat().map(({ key }) => key)).toEqual(["act.spotlight"]);
    expect(actions({ ...own, role: "speaker" }, { ...own, role: "speaker" })).toEqual([]);
  });

  it("is for moderators, and for nobody who is not on stage", () => {
    expect([commands(person("s", { role: "speaker" }), live, null), commands(moderator, person("v"), null)]).toEqual([[], []]);
  });
});
