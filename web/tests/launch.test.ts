import { describe, expect, it } from "vitest";
import { en } from "../src/texts/launch/en";
import { wrongTitle } from "../src/launch/draft";
import { choose, prove, type Answer, type Post } from "../src/launch/server";
import { stepIn, stepOf, type Prove } from "../src/launch/step";
import { keep, kept, type Way } from "../src/launch/storage";
import { CODES, meaningOf, reasonOf } from "../src/launch/words";

const BASE = "https://stage.example/lti/launch";
const STORAGE = { target: "_parent", origin: "https://platform.example" };

describe("the step in the page", () => {
  it.each([
    ["", "no step"],
    ["{", "no step"],
    ["null", "no step"],
    ['{"step":"dance"}', "step: dance"],
    ['{"step":"constructor"}', "step: constructor"],
    ['{"step":"prove","window":"/w"}', "step: prove"],
  ])("%j is a launch refused", (text, detail) => {
    expect(stepIn(text, BASE)).toEqual({ step: "refused", code: "internal", detail });
  });

  it("keeps at the platform, then goes on there", () => {
    const ours = { here: "https://stage.example/lti/here?state=s", window: "https://stage.example/lti/window?key=k" };
    const step = { step: "store", key: "k", value: "v", storage: STORAGE, then: "https://platform.example/auth?x=1", ...ours };
    expect(stepOf(step, BASE)).toEqual(step);
    expect(stepOf({ ...step, here: "/lti/here?state=s", window: "/lti/window?key=k" }, BASE)).toEqual(step);
    expect(stepOf({ ...step, then: "javascript:alert(1)" }, BASE)).toMatchObject({ step: "refused" });
    expect(stepOf({ ...step, window: "https://elsewhere.example/" }, BASE)).toMatchObject({ step: "refused" });
    expect(stepOf({ ...step, storage: { target: "_parent", origin: "*" } }, BASE)).toMatchObject({ step: "store", storage: null });
  });

  it("opens no window but one of this server", () => {
    const step = { step: "prove", key: "k", storage: null, window: "/lti/window?key=k", lang: "de" };
    expect(stepOf(step, BASE)).toEqual({ ...step, window: "https://stage.example/lti/window?key=k" });
    expect(stepOf({ ...step, window: "https://elsewhere.example/" }, BASE)).toMatchObject({ step: "refused" });
    expect(stepOf({ ...step, window: "//elsewhere.example/" }, BASE)).toMatchObject({ step: "refused" });
  });

  it("proves without a storage that makes no sense", () => {
    expect(stepOf({ step: "prove", key: "k", storage: { target: 1 }, window: "/w" }, BASE)).toMatchObject({ step: "prove", storage: null });
  });

  it("is a choice, a refusal, or a registration", () => {
    const choice = { step: "choose", key: "k", title: "", access: "invite", gradable: true };
    expect(stepOf(choice, BASE)).toEqual(choice);
    expect(stepOf({ ...choice, title: undefined, access: "all", gradable: 1 }, BASE)).toEqual({ ...choice, access: "request", gradable: false });
    expect(stepOf({ step: "refused", code: "expired", detail: "", lang: "pt-BR" }, BASE)).toEqual({ step: "refused", code: "expired", lang: "pt-BR" });
    expect(stepOf({ step: "registered", name: "Sakai", active: true }, BASE)).toEqual({ step: "registered", name: "Sakai" });
  });
});

/** A platform whose answer to a message is what `answer` makes of it; no answer comes from `undefined`. */
function platform(answer: (message: Record<string, unknown>) => unknown, there = true) {
  const heard = new Set<(data: unknown) => void>();
  const posted: Record<string, unknown>[] = [];
  const clock = { late: () => undefined as void, running: 0 };
  const say = (data: unknown) => [...heard].forEach((one) => one(data));
  const way: Way = {
    post: (message) => {
      posted.push(message as Record<string, unknown>);
      const said = answer(message as Record<string, unknown>);
      if (said !== undefined) say(said);
      return there;
    },
    listen: (one) => {
      heard.add(one);
      return () => heard.delete(one);
    },
    wait: (late) => {
      clock.late = late;
      clock.running += 1;
      return () => (clock.running -= 1);
    },
    newId: () => "id-1",
  };
  return { way, posted, clock, say, heard };
}

const echo = (message: Record<string, unknown>) => ({ ...message, subject: `${String(message["subject"])}.response` });

describe("what the platform keeps", () => {
  it("is put there and taken from there", async () => {
    const { way, posted, clock, heard } = platform(echo);
    expect(await keep(way, "k", "v")).toBe(true);
    expect(posted).toEqual([{ subject: "lti.put_data", message_id: "id-1", key: "k", value: "v" }]);
    const other = platform((message) => ({ ...echo(message), value: "v" }));
    expect(await kept(other.way, "k")).toBe("v");
    expect(other.posted).toEqual([{ subject: "lti.get_data", message_id: "id-1", key: "k" }]);
    expect([clock.running, heard.size]).toEqual([0, 0]);
  });

  it.each([
    ["an error", (message: Record<string, unknown>) => ({ ...echo(message), value: "v", error: { code: "storage_exhaustion" } })],
    ["an empty value", (message: Record<string, unknown>) => ({ ...echo(message), value: "" })],
    ["no value", (message: Record<string, unknown>) => echo(message)],
  ])("is nothing after %s", async (_, answer) => {
    expect(await kept(platform(answer).way, "k")).toBeNull();
  });

  it("is not believed from another answer, and not waited for without end", async () => {
    const { way, clock, say, heard } = platform(() => undefined);
    const asked = kept(way, "k");
    say("lti.get_data.response");
    say(null);
    say({ subject: "lti.get_data.response", message_id: "id-2", value: "v" });
    say({ subject: "lti.put_data.response", message_id: "id-1", value: "v" });
    expect(heard.size).toBe(1);
    clock.late();
    expect(await asked).toBeNull();
    expect(heard.size).toBe(0);
  });

  it("is nothing where there is no such frame, at once", async () => {
    expect(await keep(platform(() => undefined, false).way, "k", "v")).toBe(false);
  });
});

const STEP: Prove = { step: "prove", key: "k", storage: STORAGE, window: "https://stage.example/lti/window?key=k", lang: "de" };
const withValue = () => platform((message) => ({ ...echo(message), value: "v" })).way;
const answering = (answer: Answer | null, asked: unknown[] = []): Post => async (path, body) => (asked.push([path, body]), answer);

describe("proving who launched", () => {
  it("leads into the room", async () => {
    const asked: unknown[] = [];
    const proven = await prove(STEP, withValue(), answering({ ok: true, json: { next: "/r/physics#token=t&lang=de" } }, asked), BASE);
    expect(proven).toEqual({ is: "room", address: "https://stage.example/r/physics#token=t&lang=de" });
    expect(asked).toEqual([["/lti/prove", { key: "k", value: "v" }]]);
  });

  it.each([
    ["no storage", null],
    ["no answer", platform(() => undefined, false).way],
    ["no value", platform(echo).way],
  ])("leads to a window of its own: %s", async (_, way) => {
    expect(await prove(STEP, way, answering(null), BASE)).toEqual({ is: "shown", step: { step: "elsewhere", window: STEP.window, lang: "de" } });
  });

  it.each([
    ["an error", { ok: false, json: { error: { code: "unknown_state", message: "used" } } }, { code: "unknown_state", detail: "used" }],
    ["nothing to be read", { ok: false, json: null }, { code: "internal" }],
    ["no server", null, { code: "unreachable" }],
    ["another site", { ok: true, json: { next: "https://elsewhere.example/" } }, { code: "internal" }],
    ["the same step again", { ok: true, json: { step: "prove", key: "k", storage: null, window: "/w" } }, { code: "internal" }],
  ])("is refused by %s", async (_, answer, step) => {
    expect(await prove(STEP, withValue(), answering(answer), BASE)).toMatchObject({ is: "shown", step: { step: "refused", lang: "de", ...step } });
  });

  it("leads to another step, in its language or the one before", async () => {
    const choice = { step: "choose", key: "c", title: "", access: "open", gradable: false };
    expect(await prove(STEP, withValue(), answering({ ok: true, json: choice }), BASE)).toEqual({ is: "shown", step: { ...choice, lang: "de" } });
    const own = { ...choice, lang: "fr" };
    expect(await prove(STEP, withValue(), answering({ ok: true, json: own }), BASE)).toEqual({ is: "shown", step: own });
  });
});

describe("adding a room", () => {
  it("goes back to the platform with the server's word", async () => {
    const answer = { ok: true, json: { return_url: "https://platform.example/back", jwt: "j" } };
    expect(await choose({ key: "k", cancel: true }, answering(answer))).toEqual({ is: "return", address: "https://platform.example/back", jwt: "j" });
  });

  it.each([
    [{ ok: false, json: { error: { code: "too_many_rooms", message: "100" } } }, { code: "too_many_rooms", detail: "100" }],
    [{ ok: true, json: { return_url: "javascript:alert(1)", jwt: "j" } }, { code: "internal" }],
    [{ ok: true, json: null }, { code: "internal" }],
    [null, { code: "unreachable" }],
  ])("stays where it is after %j", async (answer, failed) => {
    expect(await choose({ key: "k", cancel: true }, answering(answer))).toEqual({ is: "failed", ...failed });
  });

  it.each([
    ["", "empty"],
    ["  ", "empty"],
    ["Physics", null],
    ["🎓".repeat(200), null],
    ["a".repeat(201), "long"],
  ])("a title %j", (title, wrong) => {
    expect(wrongTitle(title)).toBe(wrong);
  });
});

describe("the words of a refusal", () => {
  it("are there for every code, for the person and for the administrator", () => {
    for (const code of CODES) {
      const { heading, text } = reasonOf(code);
      expect([heading, text, meaningOf(code)].filter((key) => !(key in en)), code).toEqual([]);
    }
  });

  it("are general for a code of another day", () => {
    expect(reasonOf("toString")).toEqual(reasonOf("internal"));
    expect(meaningOf("toString")).toBe("code.unknown");
  });

  it("ask somebody whose click was used already to click again", () => {
    expect(en[reasonOf("unknown_state").text]).toMatch(/click the link again/u);
  });
});
