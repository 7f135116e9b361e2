/** What the server knows of learning platforms, as `GET /api/v1/lti` tells it. Pure: whatever is missing or odd is left out, not a crash. */

/** Our addresses, for the platform's administrator to type in over there. */
export const ADDRESSES = ["login_url", "launch_url", "jwks_url", "deep_linking_url", "registration_url", "icon_url"] as const;
export type Address = (typeof ADDRESSES)[number];

export type Tool = Readonly<Record<Address | "name", string>>;

export const ROLES = ["host", "moderator", "speaker", "viewer"] as const;
export type Role = (typeof ROLES)[number];

/** What names a platform: one issuer may have many clients. */
export interface PlatformId {
  readonly issuer: string;
  readonly client_id: string;
}

/** What is written down of a platform. */
export interface PlatformEntry extends PlatformId {
  readonly name: string;
  readonly deployments: readonly string[];
  readonly login_url: string;
  readonly jwks_url: string;
  readonly token_url: string;
  readonly roles: Readonly<Record<string, Role>>;
}

export interface Platform extends PlatformEntry {
  readonly source: "file" | "setup" | "registration";
}

export const KINDS = ["launch", "deep_linking", "registration", "names", "grades"] as const;
export type Kind = (typeof KINDS)[number];

/** What became of one message of a platform, or of one to it. */
export interface Launch {
  /** Unix time in milliseconds. */
  readonly at: number;
  readonly kind: Kind;
  readonly accepted: boolean;
  readonly issuer: string;
  readonly client_id: string;
  readonly deployment: string;
  readonly code: string;
  readonly detail: string;
  readonly name: string;
  readonly room: string;
}

export interface Book {
  readonly tool: Tool;
  readonly platforms: readonly Platform[];
  /** Newest first. */
  readonly launches: readonly Launch[];
}

export const CHECKS = ["keys", "login", "token"] as const;

/** One of a platform's addresses, tried from the server. */
export interface Check {
  readonly check: (typeof CHECKS)[number];
  readonly ok: boolean;
  readonly code: string;
  readonly detail: string;
}

type Fields = Readonly<Record<string, unknown>>;

export function bookOf(json: unknown): Book | null {
  const { tool, platforms, launches } = fieldsOf(json);
  if (typeof tool !== "object" || tool === null) return null;
  const given = tool as Fields;
  const named = Object.fromEntries(["name", ...ADDRESSES].map((key) => [key, text(given[key])])) as Tool;
  return { tool: named, platforms: listOf(platforms).map(platformOf), launches: listOf(launches).map(launchOf) };
}

export function platformOf(json: unknown): Platform {
  const fields = fieldsOf(json);
  const roles = Object.entries(fieldsOf(fields["roles"])).filter((entry): entry is [string, Role] => isOneOf(ROLES, entry[1]));
  return {
    issuer: text(fields["issuer"]),
    client_id: text(fields["client_id"]),
    name: text(fields["name"]),
    deployments: listOf(fields["deployments"]).map(text).filter((one) => one !== ""),
    login_url: text(fields["login_url"]),
    jwks_url: text(fields["jwks_url"]),
    token_url: text(fields["token_url"]),
    roles: Object.fromEntries(roles),
    source: isOneOf(["file", "registration"] as const, fields["source"]) ? fields["source"] : "setup",
  };
}

function launchOf(json: unknown): Launch {
  const fields = fieldsOf(json);
  const [at, kind] = [fields["at"], fields["kind"]];
  return {
    at: typeof at === "number" ? at : 0,
    kind: isOneOf(KINDS, kind) ? kind : "launch",
    accepted: fields["accepted"] === true,
    issuer: text(fields["issuer"]),
    client_id: text(fields["client_id"]),
    deployment: text(fields["deployment"]),
    code: text(fields["code"]),
    detail: text(fields["detail"]),
    name: text(fields["name"]),
    room: text(fields["room"]),
  };
}

export function checksOf(json: unknown): readonly Check[] {
  return listOf(fieldsOf(json)["checks"])
    .map(fieldsOf)
    .flatMap(({ check, ok, code, detail }) => (isOneOf(CHECKS, check) ? [{ check, ok: ok === true, code: text(code), detail: text(detail) }] : []));
}

/** A one-time address for a platform's dynamic registration. */
export interface Registration {
  readonly url: string;
  readonly minutes: number;
}

export function registrationOf(json: unknown): Registration | null {
  const { url, expires_seconds: seconds } = fieldsOf(json);
  return typeof url === "string" && url !== "" ? { url, minutes: typeof seconds === "number" ? Math.floor(seconds / 60) : 0 } : null;
}

export function keyOf({ issuer, client_id }: PlatformId): string {
  return JSON.stringify([issuer, client_id]);
}

/** What a platform is called where it is spoken of. */
export function nameOf({ name, issuer }: Pick<Platform, "name" | "issuer">): string {
  return name === "" ? issuer : name;
}

function fieldsOf(json: unknown): Fields {
  return typeof json === "object" && json !== null ? (json as Fields) : {};
}

function listOf(json: unknown): readonly unknown[] {
  return Array.isArray(json) ? json : [];
}

function text(json: unknown): string {
  return typeof json === "string" ? json : "";
}

function isOneOf<const T extends string>(all: readonly T[], one: unknown): one is T {
  return (all as readonly unknown[]).includes(one);
}
