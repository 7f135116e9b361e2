/** From what the server found to words. Pure. */
import { meaningOf } from "../launch/words";
import type { SetupKey } from "../texts/setup";
import type { Check, Launch, Platform } from "./book";
import type { Failure } from "./server";

const CHECK_CODES = ["unreachable", "not_json", "no_keys", "too_large", "timeout", "refused", "http_status"] as const;

/** What a check came to: which address, and what is wrong with it. */
export function textOfCheck({ ok, code }: Check): SetupKey {
  if (ok) return "check.ok";
  const known = CHECK_CODES.find((one) => one === code);
  return known === undefined ? "check.failed" : `check.${known}`;
}

/** What happened, in a line. */
export function titleOfLaunch({ kind, accepted, name, room }: Launch): SetupKey {
  if (!accepted) return `launch.${kind}.refused`;
  if (kind !== "launch") return `launch.${kind}.accepted`;
  return name === "" ? "launch.launch.accepted" : room === "" ? "launch.launch.accepted.name" : "launch.launch.accepted.name_room";
}

/** What is wrong and what to change; `null` for what went well. */
export function adviceOnLaunch({ accepted, code }: Launch): SetupKey | null {
  return accepted ? null : meaningOf(code);
}

export function textOfFailure(failure: Failure): SetupKey {
  return `failure.${failure.is}`;
}

/** What of a refused launch can be written down here, so that the next one is not: all of its platform, or its deployment. */
export function remedyFor({ accepted, code, issuer, client_id, deployment }: Launch, from: Platform | undefined): SetupKey | null {
  if (accepted || issuer === "" || client_id === "") return null;
  if (code === "unknown_platform") return from === undefined ? "launch.add.platform" : null;
  if (code !== "unknown_deployment" || from === undefined || from.source === "file" || deployment === "") return null;
  return from.deployments.includes(deployment) ? null : "launch.add.deployment";
}
