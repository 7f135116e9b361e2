/** The panels of chat, questions and polls: the frame is here at once, what stands in it is loaded when it is first opened. */
import { useId, useRef } from "preact/hooks";
import type { Session } from "../session";
import { t } from "../texts";
import { later } from "./later";
import { PanelHead, usePanel } from "./panel";
import { Tabs } from "./tabs";
import "./style/talk.css";

const INSIDE = {
  chat: later(async () => (await import("./chat")).Chat),
  questions: later(async () => (await import("./questions/questions")).Questions),
  polls: later(async () => (await import("./polls/polls")).Polls),
};

export function TalkPanel({ session, talk }: { session: Session; talk: keyof typeof INSIDE }) {
  const region = useRef<HTMLElement>(null);
  const heading = useId();
  const close = () => session.dispatch({ is: "panel", panel: null });
  usePanel(region, close);
  const Inside = INSIDE[talk];
  return (
    <section ref={region} class={`panel ${talk}`} aria-labelledby={heading} tabIndex={-1}>
      <PanelHead id={heading} title={t(talk)} closing={t("people.close")} close={close} />
      <Tabs session={session} />
      <Inside session={session} />
    </section>
  );
}
