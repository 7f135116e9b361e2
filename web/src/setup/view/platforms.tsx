/** The platforms that are known here, and the ways in which another one comes to be. */
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Do } from "../../view/button";
import { Icon } from "../../view/icons";
import { t } from "../../texts/setup";
import { keyOf, nameOf, type Platform, type Registration } from "../book";
import type { Desk } from "../desk";
import type { Heard } from "../draft";
import type { Failure } from "../server";
import { Copied } from "./copy";
import { Failed } from "./failed";
import { PlatformForm } from "./form";
import { PlatformCard } from "./platform";

/** What is being written: the key of a platform, or "" of a new one. */
export interface Writing {
  readonly key: string;
  readonly heard?: Heard;
}

export interface PlatformsProps {
  readonly desk: Desk;
  readonly platforms: readonly Platform[];
  readonly writing: Writing | null;
  readonly write: (writing: Writing | null) => void;
}

export function Platforms({ desk, platforms, writing: written, write }: PlatformsProps) {
  const id = useId();
  const writing = written?.key ?? null;
  const section = useRef<HTMLElement>(null);
  const left = useRef<string | null>(null);
  const close = () => {
    left.current = writing;
    write(null);
  };
  // What opened the form has the focus again.
  useLayoutEffect(() => {
    if (left.current === null) return;
    const buttons = [...(section.current?.querySelectorAll<HTMLElement>("[data-opens]") ?? [])];
    buttons.find(({ dataset }) => dataset["opens"] === left.current)?.focus();
    left.current = null;
  }, [writing]);
  return (
    <section ref={section} class="sheet" aria-labelledby={id}>
      <div class="sheet-head">
        <h2 id={id}>{t("platforms")}</h2>
        {writing !== "" && (
          <button type="button" data-opens="" class={platforms.length === 0 ? "primary" : ""} onClick={() => write({ key: "" })}>
            <Icon name="plus" />
            {t("platforms.add")}
          </button>
        )}
      </div>
      {writing === "" && <PlatformForm desk={desk} heard={written?.heard} close={close} />}
      {platforms.length === 0 && writing !== "" && <p class="nobody">{t("platforms.none")}</p>}
      {platforms.length > 0 && (
        <ul class="platforms" role="list">
          {platforms.map((platform) => {
            const key = keyOf(platform);
            return (
              <li key={key}>
                {writing === key ? (
                  <PlatformForm desk={desk} platform={platform} heard={written?.heard} close={close} />
                ) : (
                  <PlatformCard desk={desk} platform={platform} title={nameOf(platform)} edit={() => write({ key })} />
                )}
              </li>
            );
          })}
        </ul>
      )}
      <RegistrationLink desk={desk} />
    </section>
  );
}

function RegistrationLink({ desk }: { desk: Desk }) {
  const [made, setMade] = useState<Registration | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const make = async () => {
    const got = await desk.registration();
    setFailure("failure" in got ? got.failure : null);
    if ("value" in got) setMade(got.value);
  };
  return (
    <div class="registration">
      <Do do={make}>{t(made === null ? "platforms.link" : "registration.again")}</Do>
      <div aria-live="polite">
        {made !== null && (
          <>
            <p class="hint">{t("registration.lead", { minutes: made.minutes })}</p>
            <Copied key={made.url} what={t("registration")} text={made.url} />
          </>
        )}
      </div>
      {failure !== null && <Failed failure={failure} />}
    </div>
  );
}
