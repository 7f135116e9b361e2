import { describe, expect, it } from "vitest";
import { missingOf, momentOf, ordered, sorted, thereNow, timeOf, wholeMinutes, type Attendee, type Column } from "../src/model/attendance";

const someone = (name: string, more: Partial<Attendee> = {}): Attendee => ({
  user: name,
  name,
  role: "viewer",
  joined: "2026-11-26T10:00:00Z",
  left: "2026-11-26T11:00:00Z",
  minutes: 60,
  stage_minutes: 0,
  present: false,
  ...more,
});

describe("the table", () => {
  const people = [
    someone("Zoe", { joined: "2026-11-26T10:02:00Z", minutes: 9.5 }),
    someone("Émile", { minutes: 70, stage_minutes: 3, left: null, present: true }),
    someone("ada", { joined: "2026-11-26T09:59:00Z", left: "2026-11-26T10:30:00Z", minutes: 9.4 }),
  ];
  const names = (by: Column, falling = false) => sorted(people, { by, falling }, "en").map(({ name }) => name);

  it("is sorted as people read, not by bytes", () => {
    expect(names("name")).toEqual(["ada", "Émile", "Zoe"]);
    expect(names("name", true)).toEqual(["Zoe", "Émile", "ada"]);
  });

  it("has who is still there as the last to leave", () => {
    expect(names("left")).toEqual(["ada", "Zoe", "Émile"]);
  });

  it("is sorted by time and by how long, equals as they came", () => {
    expect(names("joined")).toEqual(["ada", "Émile", "Zoe"]);
    expect(names("minutes", true)).toEqual(["Émile", "Zoe", "ada"]);
    expect(names("stage_minutes")).toEqual(["Zoe", "ada", "Émile"]);
  });

  it("turns round at the same column, and begins numbers with the most", () => {
    expect(ordered({ by: "name", falling: false }, "name")).toEqual({ by: "name", falling: true });
    expect(ordered({ by: "name", falling: true }, "minutes")).toEqual({ by: "minutes", falling: true });
    expect(ordered({ by: "minutes", falling: true }, "joined")).toEqual({ by: "joined", falling: false });
  });

  it("counts who is there", () => {
    expect(thereNow(people)).toBe(1);
  });
});

describe("minutes", () => {
  it.each([
    [0, 0],
    [0.02, null],
    [0.99, null],
    [1.49, 1],
    [59.5, 60],
  ])("%f are %s", (minutes, shown) => {
    expect(wholeMinutes(minutes)).toBe(shown);
  });
});

describe("moments", () => {
  const began = "2026-11-26T10:00:00Z";
  it("are times of the meeting’s day, and dates beyond it", () => {
    expect(momentOf("2026-11-26T10:30:00Z", began, "de")).toMatch(/^\d\d:\d\d$/u);
    expect(momentOf("2026-11-29T10:30:00Z", began, "de")).toMatch(/^\d\d\.11\.26, \d\d:\d\d$/u);
  });

  it("of a meeting name its day once", () => {
    const over = timeOf({ id: 1, began, ended: "2026-11-26T11:02:00Z", people: [] }, "en");
    expect(over.match(/2026/gu)).toHaveLength(1);
    expect(timeOf({ id: 1, began, ended: null, people: [] }, "en")).toMatch(/2026/u);
  });
});

it("whoever is expected and not there is missing", () => {
  const expected = [true, false, false].map((present, at) => ({ name: `${at}`, role: "Learner", present }));
  expect(missingOf(expected).map(({ name }) => name)).toEqual(["1", "2"]);
});
