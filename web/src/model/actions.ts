/** A person's menu, and a message's: what is offered to be done. The server decides; this only keeps the page from offering what it would refuse. */
import type { Command, ParticipantId, ParticipantState, Role } from "../signal/generated/messages";
import type { TextKey } from "../texts";
import type { Values } from "../texts/format";
import { isHeard, isModerator, mayWritePrivately, RANK } from "./abilities";
import type { RoomFacts } from "./state";

/** What this page does by itself, rather than the server. */
export type Doing = { readonly do: "write_privately"; readonly participant: ParticipantId };

/** One entry of a person's menu. */
export interface Action {
  readonly key: TextKey;
  readonly values?: Values;
  readonly command: Command | Doing;
  /** Takes something away from somebody. */
  readonly grave?: true;
}

/** What a menu depends on beside its two people. */
export type Circumstances = Pick<RoomFacts, "features" | "spotlight">;

/** A moderator's menu for `person`, in groups, what takes somebody away last; empty when there is nothing to do. */
export function actionsFor(actor: ParticipantState | undefined, person: ParticipantState, room: Circumstances | null): readonly (readonly Action[])[] {
  if (actor === undefined || !isModerator(actor) || room === null) return [];
  // Of oneself there is one thing to say to everybody.
  if (actor.id === person.id) return person.stage === "on_stage" ? [stageActions(person, room)] : [];
  const sections = [
    handActions(person),
    stageActions(person, room),
    writingActions(actor, person, room),
    sourceActions(actor, person),
    roleActions(actor, person),
    removals(actor, person),
  ];
  return sections.filter((section) => section.length > 0);
}

/** Writing to somebody, and, where there is anything to write or react with, taking that from them. */
export function writingActions(actor: ParticipantState | undefined, person: ParticipantState, { features }: Pick<Circumstances, "features">): Action[] {
  const participant = person.id;
  const actions: Action[] = [];
  if (features.chat && isHeard(actor) && mayWritePrivately(actor, person)) actions.push({ key: "act.write_privately", command: { do: "write_privately", participant } });
  if (!isModerator(actor) || actor?.id === participant) return actions;
  const values = { name: person.name };
  if (person.silenced === true) actions.push({ key: "act.unsilence", values, command: { do: "silence", participant, silenced: false } });
  else if (!isModerator(person) && (features.chat || features.reactions || features.questions)) {
    actions.push({ key: "act.silence", values, command: { do: "silence", participant, silenced: true } });
  }
  return actions;
}

function handActions(person: ParticipantState): Action[] {
  return person.hand === undefined ? [] : [{ key: "act.lower_hand", command: { do: "lower_hand", participant: person.id } }];
}

function stageActions(person: ParticipantState, { spotlight }: Circumstances): Action[] {
  const participant = person.id;
  switch (person.stage) {
    case "off":
      return [{ key: "act.invite", command: { do: "invite", participant } }];
    case "requested":
      if (person.request === undefined) return [];
      return [
        { key: "act.bring", command: { do: "approve_request", request: person.request } },
        { key: "act.decline", command: { do: "decline_request", request: person.request } },
      ];
    case "invited":
      if (person.invitation === undefined) return [];
      return [{ key: "act.revoke", command: { do: "revoke_invitation", invitation: person.invitation } }];
    case "on_stage":
      return [
        spotlight === participant
          ? { key: "act.unspotlight", command: { do: "spotlight" } }
          : { key: "act.spotlight", command: { do: "spotlight", participant } },
      ];
  }
}

function removals(actor: ParticipantState, person: ParticipantState): Action[] {
  // Row 10 and the table of people: only a host takes a moderator off the stage, or out of the room.
  if (actor.role !== "host" && RANK[person.role] >= RANK.moderator) return [];
  const participant = person.id;
  const actions: Action[] = [{ key: "act.remove", command: { do: "remove_participant", participant }, grave: true }];
  if (person.stage === "on_stage") {
    actions.unshift({ key: "act.remove_from_stage", command: { do: "remove_from_stage", participant }, grave: true });
  }
  return actions;
}

function sourceActions(actor: ParticipantState, person: ParticipantState): Action[] {
  // A host's sources are for hosts only; but anybody with a say may ask.
  const holds = actor.role === "host" || person.role !== "host";
  const participant = person.id;
  const onStage = person.stage === "on_stage";
  const actions: Action[] = [];
  if (holds && person.mic === "on") actions.push({ key: "act.mute_mic", command: { do: "mute", participant, source: "mic", state: "muted" } });
  if (onStage && (person.mic === "off" || person.mic === "muted")) {
    actions.push({ key: "act.ask_unmute", command: { do: "ask_to_unmute", participant, source: "mic" } });
  }
  if (!holds) return actions;
  actions.push(
    person.mic === "locked"
      ? { key: "act.unlock_mic", command: { do: "mute", participant, source: "mic", state: "released" } }
      : { key: "act.lock_mic", command: { do: "mute", participant, source: "mic", state: "locked" } },
  );
  if (person.camera === "on") {
    actions.push({ key: "act.mute_camera", command: { do: "mute", participant, source: "camera", state: "muted" } });
  }
  actions.push(
    person.camera === "locked"
      ? { key: "act.unlock_camera", command: { do: "mute", participant, source: "camera", state: "released" } }
      : { key: "act.lock_camera", command: { do: "mute", participant, source: "camera", state: "locked" } },
  );
  if (person.screen === "on") {
    actions.push({ key: "act.mute_screen", command: { do: "mute", participant, source: "screen", state: "muted" } });
  }
  return actions;
}

function roleActions(actor: ParticipantState, person: ParticipantState): Action[] {
  if (actor.role !== "host") return [];
  const roles: readonly Role[] = ["host", "moderator", "speaker", "viewer"];
  return roles
    .filter((role) => role !== person.role)
    .map((role) => ({ key: `act.make_${role}` as const, command: { do: "set_role", participant: person.id, role } }));
}
