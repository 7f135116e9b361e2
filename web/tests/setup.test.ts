import { describe, expect, it } from "vitest";
import { bookOf, checksOf, CHECKS, KINDS, registrationOf, type Launch, type Platform } from "../src/setup/book";
import { Desk } from "../src/setup/desk";
import { draftOf, emptyDraft, entryOf, firstOf, problemFrom, problemsOf, startOf } from "../src/setup/draft";
import { filled, PRESETS, refilled } from "../src/setup/presets";
import { failureOf, type Answer, type Send } from "../src/setup/server";
import { adviceOnLaunch, remedyFor, textOfCheck, textOfFailure, titleOfLaunch } from "../src/setup/words";
import { en } from "../src/texts/setup/en";

const SAKAI: Platform = {
  issuer: "https://sakai.example.edu",
  client_id: "c1",
  name: "Sakai",
  deployments: ["1", "2"],
  login_url: "https://sakai.example.edu/imsoidc/lti13/oidc_auth",
  jwks_url: "https://sakai.example.edu/imsblis/lti13/keyset",
  token_url: "https://sakai.example.edu/imsblis/lti13/token/1",
  roles: { "http://x#Mentor": "moderator" },
  source: "setup",
};
const { source: _, ...ENTRY } = SAKAI;
const LAUNCH: Launch = { at: 1, kind: "launch", accepted: true, issuer: "", client_id: "", deployment: "", code: "", detail: "", name: "", room: "" };
const TOOL = { name: "Proscenium", login_url: "l", launch_url: "x", jwks_url: "j", deep_linking_url: "d", registration_url: "r", icon_url: "" };

describe("what the server knows", () => {
  it("is read as it is", () => {
    const launches = [{ ...LAUNCH, accepted: false, code: "expired" }];
    expect(bookOf({ tool: TOOL, platforms: [SAKAI], launches })).toEqual({ tool: TOOL, platforms: [SAKAI], launches });
  });

  it("is read as far as it makes sense", () => {
    const book = bookOf({ tool: {}, platforms: [{ deployments: [1, "2", ""], roles: { a: "king", b: "host" }, state: "active" }, null], launches: [{ kind: "dance" }, 7] });
    expect(book?.platforms[0]).toMatchObject({ issuer: "", deployments: ["2"], roles: { b: "host" }, source: "setup" });
    expect(book?.launches).toEqual([{ ...LAUNCH, at: 0, accepted: false }, { ...LAUNCH, at: 0, accepted: false }]);
    expect(bookOf({})).toBeNull();
    expect(bookOf("tool")).toBeNull();
  });

  it("checks and registration links", () => {
    expect(checksOf({ checks: [{ check: "keys", ok: true }, { check: "luck", ok: true }] })).toEqual([{ check: "keys", ok: true, code: "", detail: "" }]);
    expect(checksOf(null)).toEqual([]);
    expect(registrationOf({ url: "https://x", expires_seconds: 3600 })).toEqual({ url: "https://x", minutes: 60 });
    expect(registrationOf({})).toBeNull();
  });
});

describe("presets", () => {
  it.each(["sakai.example.edu", " https://sakai.example.edu/ ", "https://sakai.example.edu/portal", "https://sakai.example.edu/portal/site/~me"])("Sakai at %j", (base) => {
    const { issuer, login_url, jwks_url, token_url } = SAKAI;
    expect(filled("sakai", base)).toEqual({ issuer, login_url, jwks_url, token_url });
  });

  it("Moodle in a folder, with its port", () => {
    expect(filled("moodle", "http://localhost:8080/moodle/")).toEqual({
      issuer: "http://localhost:8080/moodle",
      login_url: "http://localhost:8080/moodle/mod/lti/auth.php",
      jwks_url: "http://localhost:8080/moodle/mod/lti/certs.php",
      token_url: "http://localhost:8080/moodle/mod/lti/token.php",
    });
  });

  it("those in one place for all need no address", () => {
    expect(filled("canvas", "").issuer).toBe("https://canvas.instructure.com");
    expect(filled("blackboard", "x").issuer).toBe("https://blackboard.com");
  });

  it.each(["", "  ", "https://", "ftp://x", "not an address"])("nothing of %j", (base) => {
    expect(Object.values(filled("sakai", base)).join("")).toBe("");
  });

  it("what was written by hand outlives another preset", () => {
    const before = filled("moodle", "moodle.example.edu");
    const draft = { ...emptyDraft("moodle"), ...before, issuer: "https://own.example.edu", client_id: "c" };
    expect(refilled(draft, before, filled("canvas", ""))).toMatchObject({ issuer: "https://own.example.edu", client_id: "c", token_url: "https://sso.canvaslms.com/login/oauth2/token" });
  });

  it("each has a name and a hint", () => {
    for (const preset of PRESETS) expect([`form.preset.${preset}`, `form.hint.${preset}`].filter((key) => !(key in en))).toEqual([]);
  });
});

describe("a platform's form", () => {
  it("gives back what it was filled with", () => {
    expect(entryOf(draftOf(SAKAI))).toEqual(ENTRY);
  });

  it("leaves out empty lines and rows", () => {
    const draft = { ...draftOf(SAKAI), deployments: " 1 \n\n1\n3", name: " S ", roles: [{ id: 0, uri: " ", role: "host" as const }] };
    expect(entryOf(draft)).toMatchObject({ deployments: ["1", "3"], name: "S", roles: {} });
  });

  it("begins with what a refused launch told", () => {
    const heard = { issuer: "https://lms.example.edu", client_id: "c9", deployment: "7" };
    const { preset, base, draft } = startOf(undefined, heard);
    expect([preset, base]).toEqual(["sakai", "https://lms.example.edu"]);
    expect(draft).toMatchObject({ issuer: heard.issuer, client_id: "c9", deployments: "7", login_url: "https://lms.example.edu/imsoidc/lti13/oidc_auth" });
    expect(startOf(undefined, { ...heard, issuer: "https://blackboard.com" })).toMatchObject({ preset: "blackboard", base: "" });
    expect(startOf(SAKAI, heard).draft.deployments).toBe("1\n2\n7");
    expect(startOf(undefined, undefined).draft).toEqual(emptyDraft("sakai"));
  });

  it("says what is wrong, first things first", () => {
    const problems = problemsOf({ ...emptyDraft("sakai"), client_id: "c", login_url: "sakai.example.edu" });
    expect([...problems]).toEqual([["issuer", "empty"], ["jwks_url", "empty"], ["token_url", "empty"], ["login_url", "address"]]);
    expect(firstOf(problems)).toBe("issuer");
    const twice = [{ id: 0, uri: "a", role: "host" as const }, { id: 1, uri: "a ", role: "viewer" as const }];
    expect([...problemsOf({ ...draftOf(SAKAI), roles: twice })]).toEqual([["roles", "role"]]);
    expect(problemsOf(draftOf(SAKAI)).size).toBe(0);
    expect([...problemsOf({ ...draftOf(SAKAI), client_id: " c1 " }, [SAKAI])]).toEqual([["client_id", "known"]]);
    expect(problemsOf({ ...draftOf(SAKAI), client_id: "c2" }, [SAKAI]).size).toBe(0);
  });

  it.each([
    ["login_url: not https: http://x", ["login_url", { said: "not https: http://x" }]],
    ["roles.http://x#Mentor: no such role", ["roles", { said: "no such role" }]],
    ["roles[0]: no such role", ["roles", { said: "no such role" }]],
    ["teapot: short", null],
    ["no such thing", null],
  ])("finds the field of %j", (message, found) => {
    expect(problemFrom(message)).toEqual(found);
  });
});

describe("words", () => {
  const there = (key: string | null) => key === null || key in en;

  it("for every check", () => {
    for (const check of CHECKS) expect(there(`check.${check}`)).toBe(true);
    for (const code of ["unreachable", "not_json", "no_keys", "too_large", "timeout", "refused", "http_status", "new"]) {
      expect(there(textOfCheck({ check: "keys", ok: false, code, detail: "" })), code).toBe(true);
    }
    expect(textOfCheck({ check: "keys", ok: false, code: "new", detail: "" })).toBe("check.failed");
  });

  it("for every launch", () => {
    for (const kind of KINDS) {
      for (const accepted of [true, false]) expect(there(titleOfLaunch({ ...LAUNCH, kind, accepted })), kind).toBe(true);
    }
    expect(titleOfLaunch({ ...LAUNCH, name: "Ada", room: "r" })).toBe("launch.launch.accepted.name_room");
    expect(titleOfLaunch({ ...LAUNCH, name: "Ada" })).toBe("launch.launch.accepted.name");
    expect(adviceOnLaunch({ ...LAUNCH, accepted: false, code: "wrong_nonce" })).toBe("code.wrong_nonce");
    expect(adviceOnLaunch(LAUNCH)).toBeNull();
  });

  it("a launch of somebody unknown offers to write them down", () => {
    const refused = { ...LAUNCH, accepted: false, issuer: "i", client_id: "c", deployment: "7" };
    expect(remedyFor({ ...refused, code: "unknown_platform" }, undefined)).toBe("launch.add.platform");
    expect(remedyFor({ ...refused, code: "unknown_platform" }, SAKAI)).toBeNull();
    expect(remedyFor({ ...refused, code: "unknown_deployment" }, SAKAI)).toBe("launch.add.deployment");
    expect(remedyFor({ ...refused, code: "unknown_deployment", deployment: "2" }, SAKAI)).toBeNull();
    expect(remedyFor({ ...refused, code: "unknown_deployment" }, { ...SAKAI, source: "file" })).toBeNull();
    expect(remedyFor({ ...refused, code: "expired" }, SAKAI)).toBeNull();
  });

  it("for whatever did not work", () => {
    expect(failureOf({ status: 204, json: null })).toBeNull();
    const failures = [failureOf(null), failureOf({ status: 401, json: null }), failureOf({ status: 422, json: { error: { code: "c", message: "m" } } })];
    expect(failures).toEqual([{ is: "unreachable" }, { is: "key" }, { is: "refused", code: "c", said: "m" }]);
    for (const failure of failures) expect(failure !== null && there(textOfFailure(failure))).toBe(true);
  });
});

describe("the desk", () => {
  /** A server whose answers are given one by one. */
  function server() {
    const asked: [string, string, unknown][] = [];
    const answers: ((answer: Answer | null) => void)[] = [];
    const send: Send = (method, path, body) => {
      asked.push([method, path, body]);
      return new Promise((resolve) => answers.push(resolve));
    };
    const answer = (status: number, json: unknown = null) => answers.shift()?.({ status, json });
    return { desk: new Desk(() => send), asked, answer, silent: () => answers.shift()?.(null) };
  }
  const book = (...platforms: Platform[]) => ({ tool: TOOL, platforms, launches: [] });

  it("opens with the right key only", async () => {
    const { desk, answer } = server();
    const wrong = desk.open("guess");
    answer(401);
    expect(await wrong).toEqual({ is: "key" });
    expect(desk.book.value).toBeNull();
    const old = desk.open("key");
    answer(404);
    expect(await old).toEqual({ is: "missing" });
    const right = desk.open("key");
    answer(200, book(SAKAI));
    expect(await right).toBeNull();
    expect(desk.book.value?.platforms).toEqual([SAKAI]);
  });

  it("shows what it had while the server is away, and draws nothing anew for what is the same", async () => {
    const { desk, answer, silent } = server();
    const opened = desk.open("key");
    answer(200, book(SAKAI));
    await opened;
    const before = desk.book.value;
    const lost = desk.refresh();
    silent();
    await lost;
    expect([desk.book.value, desk.trouble.value]).toEqual([before, { is: "unreachable" }]);
    const back = desk.refresh();
    answer(200, book(SAKAI));
    await back;
    expect(desk.book.value).toBe(before);
    expect(desk.trouble.value).toBeNull();
  });

  it("an answer from before a change does not bring back what was", async () => {
    const { desk, asked, answer } = server();
    const opened = desk.open("key");
    answer(200, book(SAKAI));
    await opened;
    const late = desk.refresh();
    const removed = desk.remove(SAKAI);
    // The change, before the answer that was asked for earlier.
    await Promise.resolve();
    expect(asked.at(-1)).toEqual(["DELETE", "/platforms", { issuer: SAKAI.issuer, client_id: SAKAI.client_id }]);
    answer(200, book(SAKAI));
    await late;
    answer(204);
    await new Promise((resolve) => setTimeout(resolve));
    answer(200, book());
    expect(await removed).toBeNull();
    expect(desk.book.value?.platforms).toEqual([]);
  });

  it("a refusal comes back with the server's words", async () => {
    const { desk, answer } = server();
    const opened = desk.open("key");
    answer(200, book());
    await opened;
    const put = desk.put(ENTRY);
    answer(422, { error: { code: "invalid_field", message: "login_url: no" } });
    expect(await put).toEqual({ is: "refused", code: "invalid_field", said: "login_url: no" });
  });
});
