/** "Get ready to join the stage": what one looks and sounds like, before anybody else does. */
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { textOfFailure } from "../model/words";
import type { Capturing } from "../rtc/devices";
import type { Session } from "../session";
import { say, t, type Text } from "../texts";
import { Avatar } from "./avatar";
import { Background } from "./background";
import { DevicePicker } from "./devices";
import { Modal } from "./dialog";
import { OwnWindow } from "./own_window";
import { Icon } from "./icons";
import { Meter } from "./meter";
import { Picture, useStreamOf } from "./picture";

export function Ready({ session }: { session: Session }) {
  const [want, setWant] = useState({ camera: true, mic: true });
  const [pressed, setPressed] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Text | null>(null);
  // Before the first paint, so that whoever is quick finds the devices starting rather than off.
  useLayoutEffect(() => session.startDevices(), [session]);

  const camera = session.capture.of("camera").value;
  const mic = session.capture.of("mic").value;
  const with_ = { camera: want.camera && camera.track !== null, mic: want.mic && mic.track !== null };
  const starting = (want.camera && camera.starting) || (want.mic && mic.starting);

  const turn = (kind: Capturing, on: boolean) => {
    setWant({ ...want, [kind]: on });
    if (on) void session.capture.open([kind]);
    else session.capture.close(kind);
  };
  // A press while the devices still start counts: it goes live as soon as they have, or have failed to.
  useEffect(() => {
    if (!pressed || starting || busy) return;
    setPressed(false);
    setBusy(true);
    setRefusal(null);
    void session.goOnStage(with_).then((words) => {
      setRefusal(words);
      setBusy(false);
    });
  }, [pressed, starting]);

  return (
    <Modal class="ready" title={t("ready.title")} onDismiss={() => session.cancelPreparing()}>
      <p class="lead">{t("ready.lead")}</p>
      <div class="ready-body">
        <Preview session={session} wanted={want.camera} />
        <div class="pickers">
          <Line session={session} kind="camera" wanted={want.camera} onWanted={(on) => turn("camera", on)} />
          <Line session={session} kind="mic" wanted={want.mic} onWanted={(on) => turn("mic", on)} />
          <DevicePicker session={session} device="speaker" />
        </div>
      </div>
      {!starting && !with_.camera && !with_.mic && <p class="hint">{t("ready.neither")}</p>}
      {refusal !== null && (
        <p class="failure" role="alert">
          <Icon name="alert" />
          <span>{say(refusal)}</span>
        </p>
      )}
      <div class="buttons">
        <button type="button" onClick={() => session.cancelPreparing()}>
          {t("ready.cancel")}
        </button>
        <button type="button" class="primary" aria-busy={busy || pressed} onClick={() => setPressed(!busy)}>
          {t("ready.join")}
        </button>
      </div>
    </Modal>
  );
}

function Preview({ session, wanted }: { session: Session; wanted: boolean }) {
  const person = session.me.value;
  const { track, starting } = session.capture.of("camera").value;
  const stream = useStreamOf(track);
  return (
    <div class="preview">
      {person !== undefined && <Avatar id={person.id} name={person.name} />}
      {stream !== null && <Picture stream={stream} mirrored />}
      {stream === null && <p class="caption">{t(starting && wanted ? "ready.starting" : "ready.camera_off")}</p>}
    </div>
  );
}

interface LineProps {
  readonly session: Session;
  readonly kind: Capturing;
  readonly wanted: boolean;
  readonly onWanted: (on: boolean) => void;
}

/** One device: whether to bring it, which one, and what is wrong with it. Where it failed, turning it on is another try. */
function Line({ session, kind, wanted, onWanted }: LineProps) {
  const { track, failure, instead, label } = session.capture.of(kind).value;
  const locked = session.me.value?.[kind] === "locked";
  return (
    <div class="line">
      <DevicePicker session={session} device={kind}>
        {kind === "mic" && <Meter track={track} />}
        <p class="hint" role="status">
          {instead && t(`devices.moved.${kind}`, { label })}
        </p>
        {locked && <p class="hint">{t(`ready.locked.${kind}`)}</p>}
        {failure !== null && wanted && !locked && (
          <div class="failure" role="alert">
            <Icon name="alert" />
            <span>{t(textOfFailure(failure, kind))}</span>
            {failure === "framed" && <OwnWindow />}
            {failure !== "insecure" && failure !== "framed" && (
              <button type="button" onClick={() => void session.capture.reopen(kind)}>
                {t("ready.try")}
              </button>
            )}
          </div>
        )}
      </DevicePicker>
      {!locked && (
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={wanted && failure === null}
            disabled={failure === "insecure" || failure === "framed"}
            onChange={(event) => onWanted(event.currentTarget.checked)}
          />
          <span>{t(kind === "camera" ? "ready.with_camera" : "ready.with_mic")}</span>
        </label>
      )}
      {kind === "camera" && wanted && !locked && <Background session={session} />}
    </div>
  );
}
