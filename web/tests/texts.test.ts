import { describe, expect, it } from "vitest";
import { en } from "./catalogues";
import { format } from "../src/texts/format";

describe("format", () => {
  it("puts values in", () => {
    expect(format("{name} asks", { name: "Ada" })).toBe("Ada asks");
  });

  it("shows what is missing", () => {
    expect(format("{name} asks")).toBe("{name} asks");
  });

  it("never looks for messages in values", () => {
    expect(format("{name}!", { name: "{role, select, other {x}} #" })).toBe("{role, select, other {x}} #!");
  });

  it("chooses by number", () => {
    const message = "{count, plural, =0 {nobody} one {# person} other {# people}}";
    expect([0, 1, 2, 1200].map((count) => format(message, { count }))).toEqual(["nobody", "1 person", "2 people", "1,200 people"]);
  });

  it("chooses by word, and nests", () => {
    const message = "{who, select, you {You have {n, plural, one {# seat} other {# seats}}} other {{who} has some}}";
    expect(format(message, { who: "you", n: 1 })).toBe("You have 1 seat");
    expect(format(message, { who: "Ada", n: 1 })).toBe("Ada has some");
  });
});

it("every message of the catalogue has its braces in pairs", () => {
  for (const [key, message] of Object.entries(en)) {
    let depth = 0;
    for (const char of message) {
      depth += char === "{" ? 1 : char === "}" ? -1 : 0;
      expect(depth, key).toBeGreaterThanOrEqual(0);
    }
    expect(depth, key).toBe(0);
  }
});

it("the names that others rely on stand in the catalogue", () => {
  const names = [
    "Controls", "Join stage", "Ask to join stage", "Cancel request", "Mute microphone", "Unmute microphone", "Turn off camera",
    "Turn on camera", "Share screen", "Stop sharing", "Participants", "Settings", "Leave room", "Get ready to join the stage", "Camera",
    "Microphone", "Speaker", "Cancel", "You are invited to join the stage", "Join the stage", "Decline the invitation",
    "{name} asks to join the stage", "Bring to stage", "Decline", "Your request to join the stage was declined", "You are on stage",
    "You are now a viewer", "Your microphone was muted by a moderator", "Stage", "Asking to join", "On stage", "Viewers",
    "Actions for {name}", "Invite to stage", "Decline request", "Remove from stage", "Lock microphone", "Lock camera", "Remove from room",
    "Stage access", "Everyone on stage", "Join by request", "Invite only",
  ];
  const there = new Set<string>(Object.values(en));
  expect(names.filter((name) => !there.has(name))).toEqual([]);
});
