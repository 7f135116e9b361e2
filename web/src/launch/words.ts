/** From the code of a launch that came to nothing to what a person reads, and to what their administrator does. Pure. */
import type { LaunchKey } from "../texts/launch";

export interface Reason {
  readonly heading: LaunchKey;
  readonly text: LaunchKey;
}

type Heading = "again" | "setup" | "room" | "later" | "registration";

/** What a student or a teacher can do about it is the same for many. */
const REASONS = {
  unknown_platform: ["setup", "stranger"],
  unknown_deployment: ["setup", "stranger"],
  bad_request: ["setup", "misunderstood"],
  bad_signature: ["setup", "misunderstood"],
  unknown_key: ["setup", "misunderstood"],
  bad_algorithm: ["setup", "misunderstood"],
  wrong_audience: ["setup", "misunderstood"],
  wrong_issuer: ["setup", "misunderstood"],
  wrong_nonce: ["again", "used"],
  unknown_state: ["again", "used"],
  expired: ["again", "expired"],
  not_yet_valid: ["again", "clocks"],
  keys_unreachable: ["later", "keys"],
  bad_version: ["setup", "misunderstood"],
  bad_message_type: ["setup", "misunderstood"],
  missing_claim: ["setup", "misunderstood"],
  room_of_another: ["room", "another"],
  bad_room_name: ["room", "name"],
  not_allowed: ["room", "not_allowed"],
  too_many_rooms: ["room", "too_many"],
  no_cookies: ["room", "no_cookies"],
  storage_failed: ["later", "storage"],
  registration_failed: ["registration", "registering"],
  draining: ["later", "draining"],
  // Of names and grades: no launch comes to that.
  service_failed: ["again", "internal"],
  internal: ["again", "internal"],
  unreachable: ["later", "unreachable"],
} as const satisfies Record<string, readonly [Heading, string]>;

export type Code = keyof typeof REASONS;

export const CODES = Object.keys(REASONS) as readonly Code[];

function isKnown(code: string): code is Code {
  return Object.hasOwn(REASONS, code);
}

export function reasonOf(code: string): Reason {
  const [heading, text] = REASONS[isKnown(code) ? code : "internal"];
  return { heading: `refused.${heading}`, text: `refused.${text}` };
}

export function meaningOf(code: string): `code.${Code | "unknown"}` {
  return isKnown(code) ? `code.${code}` : "code.unknown";
}
