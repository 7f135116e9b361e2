/** Devices for everybody; for moderators the stage access and what goes for all. Not modal: the room goes on beside it. */
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Signal } from "@preact/signals";
import type { Access, Source, SourceControl } from "../signal/generated/messages";
import { isModerator } from "../model/abilities";
import { saving } from "../rtc/saver";
import { sounding } from "../rtc/sounds";
import type { Session } from "../session";
import { spoken, t, type TextKey } from "../texts";
import { choose, LANGUAGES, type Language } from "../texts/language";
import { Background } from "./background";
import { Do } from "./button";
import { MicTest, Noise, SpeakerTest } from "./checks";
import { DevicePicker } from "./devices";
import { House } from "./house";
import { PanelHead, usePanel } from "./panel";

export function Settings({ session }: { session: Session }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const close = () => session.dispatch({ is: "panel", panel: null });
  usePanel(dialog, close);
  return (
    <dialog ref={dialog} open class="panel" aria-labelledby={heading} tabIndex={-1}>
      <PanelHead id={heading} title={t("settings")} closing={t("settings.close")} close={close} />
      <div class="panel-body">
        {isModerator(session.me.value) && <StageAccess session={session} />}
        {isModerator(session.me.value) && <House session={session} />}
        {isModerator(session.me.value) && <Everyone session={session} />}
        <section class="setting">
          <h3>{t("settings.devices")}</h3>
          <DevicePicker session={session} device="camera">
            <Background session={session} />
          </DevicePicker>
          <DevicePicker session={session} device="mic">
            <MicTest session={session} />
            <Noise session={session} />
          </DevicePicker>
          <DevicePicker session={session} device="speaker">
            <SpeakerTest />
          </DevicePicker>
        </section>
        <LanguagePicker />
        <Notifications />
        <DataSaver />
        {session.me.value?.role === "host" && <EndRoom session={session} />}
      </div>
    </dialog>
  );
}

function LanguagePicker() {
  const id = useId();
  const { language } = spoken.value;
  return (
    <section class="setting">
      <h3>
        <label for={id}>{t("settings.language")}</label>
      </h3>
      <div class="picker">
        <select id={id} value={language} onChange={(event) => void choose(event.currentTarget.value as Language)}>
          {Object.entries(LANGUAGES).map(([key, name]) => (
            <option key={key} value={key} lang={key} selected={key === language}>
              {name}
            </option>
          ))}
        </select>
      </div>
    </section>
  );
}

function Notifications() {
  return (
    <section class="setting">
      <h3>{t("settings.notifications")}</h3>
      <Choice on={sounding} text="settings.sounds" hint="settings.sounds.hint" />
    </section>
  );
}

function DataSaver() {
  return (
    <section class="setting">
      <h3>{t("settings.data")}</h3>
      <Choice on={saving} text="settings.saver" hint="settings.saver.hint" />
    </section>
  );
}

function Choice({ on, text, hint }: { on: Signal<boolean>; text: TextKey; hint: TextKey }) {
  const id = useId();
  return (
    <div class="choice">
      <input
        type="checkbox"
        id={id}
        checked={on.value}
        aria-describedby={`${id}-hint`}
        onChange={(event) => (on.value = event.currentTarget.checked)}
      />
      <label for={id}>{t(text)}</label>
      <p id={`${id}-hint`}>{t(hint)}</p>
    </div>
  );
}

const ACCESSES: readonly Access[] = ["open", "request", "invite"];

function StageAccess({ session }: { session: Session }) {
  const id = useId();
  const [chosen, setChosen] = useState<Access | null>(null);
  const now = chosen ?? session.now.room?.access;
  const choose = (access: Access) => {
    setChosen(access);
    void session.setAccess(access).finally(() => setChosen(null));
  };
  return (
    <section class="setting">
      <h3 id={id}>{t("settings.access")}</h3>
      <div class="choices" role="radiogroup" aria-labelledby={id}>
        {ACCESSES.map((access) => (
          <div key={access} class="choice">
            <input
              type="radio"
              id={`${id}-${access}`}
              name={id}
              value={access}
              checked={now === access}
              aria-describedby={`${id}-${access}-hint`}
              onChange={() => choose(access)}
            />
            <label for={`${id}-${access}`}>{t(`settings.access.${access}`)}</label>
            <p id={`${id}-${access}-hint`}>{t(`settings.access.${access}.hint`)}</p>
          </div>
        ))}
      </div>
    </section>
  );
}

type ForAll = readonly [name: TextKey, done: TextKey, source: Source, state: SourceControl];

const FOR_ALL: readonly (readonly [TextKey, readonly ForAll[]])[] = [
  [
    "settings.everyone.mic",
    [
      ["settings.mute_all", "settings.done.mute_all", "mic", "muted"],
      ["settings.lock_all_mics", "settings.done.lock_mic", "mic", "locked"],
      ["settings.release_all_mics", "settings.done.release_mic", "mic", "released"],
    ],
  ],
  [
    "settings.everyone.camera",
    [
      ["settings.cameras_off", "settings.done.cameras_off", "camera", "muted"],
      ["settings.lock_all_cameras", "settings.done.lock_camera", "camera", "locked"],
      ["settings.release_all_cameras", "settings.done.release_camera", "camera", "released"],
    ],
  ],
];

function Everyone({ session }: { session: Session }) {
  const act = async (source: Source, state: SourceControl, done: TextKey) => {
    if (await session.do({ do: "mute_everyone", source, state })) {
      session.dispatch({ is: "told", toast: { topic: `everyone-${source}`, tone: "status", text: { key: done } } });
    }
  };
  return (
    <section class="setting">
      <h3>{t("settings.everyone")}</h3>
      {FOR_ALL.map(([heading, buttons]) => (
        <div key={heading} class="for-all">
          <h4>{t(heading)}</h4>
          {buttons.map(([name, done, source, state]) => (
            <Do key={name} do={() => act(source, state, done)}>
              {t(name)}
            </Do>
          ))}
        </div>
      ))}
    </section>
  );
}

function EndRoom({ session }: { session: Session }) {
  // null: never asked yet.
  const [asked, setAsked] = useState<boolean | null>(null);
  const question = useRef<HTMLElement>(null);
  const safe = useRef<HTMLButtonElement>(null);
  // The button that was pressed is gone; what stands in its place takes the focus, all of it in sight.
  useLayoutEffect(() => {
    if (asked === null) return;
    safe.current?.focus({ preventScroll: true });
    (question.current ?? safe.current)?.scrollIntoView({ block: "nearest" });
  }, [asked]);
  if (asked !== true) {
    return (
      <button key="end" ref={safe} type="button" class="grave" onClick={() => setAsked(true)}>
        {t("settings.end")}
      </button>
    );
  }
  return (
    <section key="sure" ref={question} class="setting">
      <p>{t("settings.end.sure")}</p>
      <div class="buttons">
        <button ref={safe} type="button" onClick={() => setAsked(false)}>
          {t("settings.end.no")}
        </button>
        <Do class="grave" do={() => session.do({ do: "end_room" })}>
          {t("settings.end.yes")}
        </Do>
      </div>
    </section>
  );
}
