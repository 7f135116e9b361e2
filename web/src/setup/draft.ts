/** A platform while its form is written. Pure. */
import { keyOf, type Launch, type Platform, type PlatformEntry, type PlatformId, type Role } from "./book";
import { asksForBase, filled, presetOf, type Preset } from "./presets";

export interface RoleRow {
  /** Rows have no name of their own while they are written. */
  readonly id: number;
  readonly uri: string;
  readonly role: Role;
}

/** All of it as it stands in the fields. */
export interface Draft {
  readonly name: string;
  readonly issuer: string;
  readonly client_id: string;
  /** One a line. */
  readonly deployments: string;
  readonly login_url: string;
  readonly jwks_url: string;
  readonly token_url: string;
  readonly roles: readonly RoleRow[];
}

export type Field = keyof Draft;
export const FIELDS: readonly Field[] = ["name", "issuer", "client_id", "deployments", "login_url", "jwks_url", "token_url", "roles"];

/** What is wrong with a field: a word of ours, or the server's own. */
export type Problem = "empty" | "address" | "role" | "known" | { readonly said: string };
export type Problems = ReadonlyMap<Field, Problem>;

export function emptyDraft(preset: Preset): Draft {
  return { name: "", client_id: "", deployments: "", roles: [], ...filled(preset, "") };
}

export function draftOf(platform: Platform): Draft {
  const { name, issuer, client_id, deployments, login_url, jwks_url, token_url, roles } = platform;
  const rows = Object.entries(roles).map(([uri, role], id) => ({ id, uri, role }));
  return { name, issuer, client_id, deployments: deployments.join("\n"), login_url, jwks_url, token_url, roles: rows };
}

/** What a form begins with. */
export interface Start {
  readonly preset: Preset;
  readonly base: string;
  readonly draft: Draft;
}

/** What a launch that was refused tells of the platform that it came from. */
export type Heard = Pick<Launch, "issuer" | "client_id" | "deployment">;

export function startOf(platform: Platform | undefined, heard: Heard | undefined): Start {
  if (platform !== undefined) {
    const draft = draftOf(platform);
    const deployments = [draft.deployments, heard?.deployment ?? ""].filter((one) => one !== "").join("\n");
    return { preset: "other", base: "", draft: { ...draft, deployments } };
  }
  const { issuer, client_id, deployment } = heard ?? { issuer: "", client_id: "", deployment: "" };
  const preset = presetOf(issuer);
  const base = asksForBase(preset) ? issuer : "";
  return { preset, base, draft: { ...emptyDraft(preset), ...filled(preset, base), client_id, deployments: deployment, ...(issuer !== "" && { issuer }) } };
}

export function entryOf(draft: Draft): PlatformEntry {
  const { name, issuer, client_id, login_url, jwks_url, token_url } = draft;
  const rows = draft.roles.map(({ uri, role }) => [uri.trim(), role] as const).filter(([uri]) => uri !== "");
  const deployments = draft.deployments.split("\n").map((line) => line.trim());
  return {
    name: name.trim(),
    issuer: issuer.trim(),
    client_id: client_id.trim(),
    deployments: [...new Set(deployments)].filter((line) => line !== ""),
    login_url: login_url.trim(),
    jwks_url: jwks_url.trim(),
    token_url: token_url.trim(),
    roles: Object.fromEntries(rows),
  };
}

/** What nobody has to be asked about. A new platform must not take the place of one of `there`. */
export function problemsOf(draft: Draft, there: readonly PlatformId[] = []): Problems {
  const problems = new Map<Field, Problem>();
  const entry = entryOf(draft);
  for (const field of ["issuer", "client_id", "login_url", "jwks_url", "token_url"] as const) {
    if (entry[field] === "") problems.set(field, "empty");
  }
  for (const field of ["login_url", "jwks_url", "token_url"] as const) {
    if (entry[field] !== "" && !isAddress(entry[field])) problems.set(field, "address");
  }
  if (there.some((one) => keyOf(one) === keyOf(entry))) problems.set("client_id", "known");
  const uris = draft.roles.map(({ uri }) => uri.trim()).filter((uri) => uri !== "");
  if (new Set(uris).size < uris.length) problems.set("roles", "role");
  return problems;
}

/** The server's "login_url: why", for the field that it is about; `null` where it is about none of these. */
export function problemFrom(message: string): readonly [Field, Problem] | null {
  const [, name = "", said = ""] = /^([a-z_]+)(?:[.[]\S*)?: (.+)$/su.exec(message) ?? [];
  const field = FIELDS.find((one) => one === name);
  return field === undefined ? null : [field, { said }];
}

/** The first in the order of the form: where the focus goes. */
export function firstOf(problems: Problems): Field | undefined {
  return FIELDS.find((field) => problems.has(field));
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/u.test(new URL(text).protocol);
}
