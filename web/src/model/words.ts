/** From the server's codes to the page's texts. */
import type { Notice, ParticipantId, Refusal } from "../signal/generated/messages";
import type { Text } from "../texts";
import type { Toast } from "./state";

/** What a notice says to the person; `null` where the state itself says it already. */
export function textOfNotice(notice: Notice, nameOf: (id: ParticipantId) => string): Omit<Toast, "key"> | null {
  switch (notice.code) {
    case "request_declined":
      return { topic: "stage", tone: "alert", text: { key: "told.declined" } };
    case "request_ended":
      return { topic: "stage", tone: "alert", text: { key: "told.request_ended" } };
    case "invitation_revoked":
      return { topic: "stage", tone: "alert", text: { key: "told.revoked" } };
    case "invitation_expired":
      return { topic: "stage", tone: "alert", text: { key: "told.expired" } };
    case "invitation_declined":
    case "invitation_unanswered": {
      const { code, participant } = notice;
      return { topic: `answer-${participant}`, tone: "status", text: { key: `told.${code}`, values: { name: nameOf(participant) } } };
    }
    case "asked_to_unmute":
      return { topic: `unmute-${notice.source}`, tone: "alert", text: { key: `told.unmute.${notice.source}` }, offer: notice.source };
    // Cards, pop-ups and the like follow from the room's state, which a late joiner has as well.
    case "stage_requested":
    case "invited":
    case "on_stage":
    case "off_stage":
    case "muted":
    case "role_changed":
      return null;
  }
}

/** Why a command was refused, for the one who gave it. */
export function textOfRefusal(refusal: Refusal, nameOf: (id: ParticipantId) => string): Text {
  switch (refusal.code) {
    case "cooldown":
      return { key: "refused.cooldown", values: { seconds: refusal.seconds } };
    case "too_fast":
      return { key: "refused.too_fast", values: { seconds: refusal.seconds } };
    case "text_too_long":
      return { key: "refused.text_too_long", values: { most: refusal.most } };
    case "too_many":
      return { key: "refused.too_many", values: { most: refusal.most } };
    case "feature_off":
      return { key: `refused.feature_off.${refusal.feature}` };
    case "source_locked":
      return { key: `refused.source_locked.${refusal.source}` };
    case "already_handled": {
      const name = refusal.by === undefined ? "" : nameOf(refusal.by);
      return name === "" ? { key: "refused.already_handled" } : { key: "refused.already_handled_by", values: { name } };
    }
    default:
      return { key: `refused.${refusal.code}` };
  }
}
