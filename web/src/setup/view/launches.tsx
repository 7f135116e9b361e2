/** "Launch test": what became of the last clicks in a platform, and what is to be changed where one came to nothing. */
import { useId } from "preact/hooks";
import { Icon } from "../../view/icons";
import { spoken, t } from "../../texts/setup";
import { keyOf, nameOf, type Launch, type Platform } from "../book";
import { adviceOnLaunch, remedyFor, titleOfLaunch } from "../words";
import type { Writing } from "./platforms";

export interface LaunchesProps {
  readonly launches: readonly Launch[];
  readonly platforms: readonly Platform[];
  /** Something is being written already. */
  readonly busy: boolean;
  readonly write: (writing: Writing) => void;
}

export function Launches({ launches, platforms, busy, write }: LaunchesProps) {
  const id = useId();
  return (
    <section class="sheet launches" aria-labelledby={id}>
      <div class="sheet-head">
        <h2 id={id}>{t("launches")}</h2>
        <p class="hint">{t("launches.lead")}</p>
      </div>
      {launches.length === 0 && (
        <p class="awaited" role="status">
          <span class="pulse" aria-hidden="true" />
          {t("launches.none")}
        </p>
      )}
      <div role="log" aria-labelledby={id}>
        <ol role="list">
          {keyed(launches).map(([key, launch]) => (
            <li key={key}>
              <Entry launch={launch} from={platforms.find((one) => keyOf(one) === keyOf(launch))} busy={busy} write={write} />
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

/** Whatever was there stays the same when something newer comes before it; two in one millisecond are told apart by their order. */
function keyed(launches: readonly Launch[]): readonly (readonly [string, Launch])[] {
  const seen = new Map<number, number>();
  const named = [...launches].reverse().map((launch) => {
    const nth = seen.get(launch.at) ?? 0;
    seen.set(launch.at, nth + 1);
    return [`${launch.at} ${nth}`, launch] as const;
  });
  return named.reverse();
}

interface EntryProps {
  readonly launch: Launch;
  readonly from: Platform | undefined;
  readonly busy: boolean;
  readonly write: (writing: Writing) => void;
}

function Entry({ launch, from, busy, write }: EntryProps) {
  const { accepted, at, name, room } = launch;
  const advice = adviceOnLaunch(launch);
  const remedy = remedyFor(launch, from);
  const isolated = { name: `\u2068${name}\u2069`, room: `\u2068${room}\u2069` };
  return (
    <div class={`entry ${accepted ? "accepted" : "refused"}`}>
      <span class="sign">
        <Icon name={accepted ? "check" : "alert"} />
        <span class="unseen">{t(accepted ? "launch.accepted" : "launch.refused")}</span>
      </span>
      <div class="what">
        <p class="title">{t(titleOfLaunch(launch), isolated)}</p>
        <p class="hint">
          <time dateTime={new Date(at).toISOString()}>{timeOf(at)}</time>
          {" · "}
          <bdi>{from === undefined ? launch.issuer : nameOf(from)}</bdi>
        </p>
        {advice !== null && <p class="advice">{t(advice)}</p>}
        {remedy !== null && (
          <button type="button" class="remedy" aria-disabled={busy} onClick={() => busy || write({ key: from === undefined ? "" : keyOf(from), heard: launch })}>
            {t(remedy)}
          </button>
        )}
        {!accepted && <Details launch={launch} />}
      </div>
    </div>
  );
}

function timeOf(at: number): string {
  return new Intl.DateTimeFormat(spoken.value.language, { dateStyle: "short", timeStyle: "medium" }).format(at);
}

const DETAILS = ["code", "detail", "issuer", "client_id", "deployment"] as const;

function Details({ launch }: { launch: Launch }) {
  return (
    <details>
      <summary>{t("launch.more")}</summary>
      <dl class="facts">
        {DETAILS.filter((detail) => launch[detail] !== "").map((detail) => (
          <div key={detail} class="fact">
            <dt>{t(`launch.${detail}`)}</dt>
            <dd>
              <code dir="ltr">{launch[detail]}</code>
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
