/** What one tries about one's devices at any time: hears the speaker, sees the microphone's level, lets noise in or not. */
import { useEffect, useState } from "preact/hooks";
import { textOfFailure } from "../model/words";
import { suppressing } from "../rtc/devices";
import { playTest } from "../rtc/sounds";
import type { Session } from "../session";
import { t } from "../texts";
import { Icon } from "./icons";
import { Meter } from "./meter";
import { OwnWindow } from "./own_window";
import { Failed, Switch } from "./switch";

/** The level of an open microphone; of a closed one after a press, for as long as its owner wants to see it. */
export function MicTest({ session }: { session: Session }) {
  const { track, failure } = session.capture.of("mic").value;
  const trying = session.trying.value;
  const on = session.isOn("mic");
  useEffect(() => () => void session.tryMic(false), [session]);
  return (
    <>
      <div class="check">
        {!on && (
          <button type="button" onClick={() => void session.tryMic(!trying)}>
            <Icon name="mic" />
            {t(trying ? "devices.test.mic.stop" : "devices.test.mic")}
          </button>
        )}
        {(on || trying) && <Meter track={track} />}
      </div>
      {failure !== null && <Failed text={textOfFailure(failure, "mic")}>{failure === "framed" && <OwnWindow />}</Failed>}
    </>
  );
}

export function SpeakerTest() {
  const [playing, setPlaying] = useState(false);
  const [failed, setFailed] = useState(false);
  const test = async () => {
    if (playing) return;
    setPlaying(true);
    setFailed(!(await playTest()));
    setPlaying(false);
  };
  return (
    <>
      <div class="check">
        <button type="button" class={playing ? "sounding" : ""} aria-disabled={playing} onClick={() => void test()}>
          <Icon name="sound" />
          {t("devices.test.speaker")}
        </button>
      </div>
      {failed && <Failed text="devices.test.failed" />}
    </>
  );
}

export function Noise({ session }: { session: Session }) {
  return <Switch text="devices.noise" hint="devices.noise.hint" on={suppressing} changed={() => session.capture.suppress()} />;
}
