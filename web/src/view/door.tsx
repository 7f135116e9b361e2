/** The room's door, as moderators keep it: the lock, and who waits. */
import { useEffect, useRef } from "preact/hooks";
import type { Session } from "../session";
import { t } from "../texts";
import { Avatar } from "./avatar";
import { Do } from "./button";
import { RoomSwitch } from "./room_switch";
import { Said } from "./said";
import { watchFocus } from "./within";

/** A card among the requests: one for all who wait, however many they are. */
export function WaitingCard({ session }: { session: Session }) {
  const { waiting, panel } = session.now;
  const [first] = waiting;
  // The list beside it says the same.
  if (first === undefined || panel === "participants") return null;
  const others = waiting.length - 1;
  return (
    <div class="card">
      <Avatar id={`w${first.id}`} name={first.name} />
      <p>
        <Said text={{ key: "waiting.asks", values: { name: first.name, count: others } }} />
      </p>
      {others === 0 ? (
        <div class="buttons">
          <Do do={() => session.do({ do: "turn_away", waiting: first.id })}>{t("waiting.turn_away")}</Do>
          <Do class="primary" do={() => session.do({ do: "admit", waiting: first.id })}>
            {t("waiting.admit")}
          </Do>
        </div>
      ) : (
        <div class="buttons">
          <button type="button" onClick={() => session.dispatch({ is: "panel", panel: "participants" })}>
            {t("waiting.show")}
          </button>
          <Do class="primary" do={() => session.do({ do: "admit_all" })}>
            {t("waiting.admit_all")}
          </Do>
        </div>
      )}
    </div>
  );
}

/** Those who came first; a room that so many want into is opened, or all of them are let in. */
const MOST_ROWS = 100;

/** In the participants list, for moderators: as long as anybody waits, or may come to. */
export function WaitingList({ session }: { session: Session }) {
  const { waiting, room } = session.now;
  const list = useRef<HTMLDivElement>(null);
  const inside = useRef(false);
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    // The row that was dealt with is gone: the next one is.
    if (inside.current && document.activeElement === document.body) (element.querySelector<HTMLElement>("li button") ?? element).focus();
    return watchFocus(element, (now) => (inside.current = now));
  }, [waiting]);
  if (waiting.length === 0 && room?.locked !== true) return null;
  const title = t("people.waiting");
  return (
    <div ref={list} class="people waiting-list" tabIndex={-1}>
      <div class="people-head">
        <h3>
          {title} <span class="number">{waiting.length}</span>
        </h3>
        {waiting.length > 1 && (
          <Do class="quiet" do={() => session.do({ do: "admit_all" })}>
            {t("waiting.admit_all")}
          </Do>
        )}
      </div>
      <ul role="list" aria-label={title}>
        {waiting.slice(0, MOST_ROWS).map(({ id, name }) => (
          <li key={id}>
            <Avatar id={`w${id}`} name={name} />
            <span class="who">
              <span class="name">
                <bdi>{name}</bdi>
              </span>
              <span class="door">
                <Do class="quiet" do={() => session.do({ do: "turn_away", waiting: id })}>
                  {t("waiting.turn_away")}
                </Do>
                <Do class="primary" do={() => session.do({ do: "admit", waiting: id })}>
                  {t("waiting.admit")}
                </Do>
              </span>
            </span>
          </li>
        ))}
      </ul>
      {waiting.length === 0 && <p class="nobody">{t("people.none.waiting")}</p>}
      {waiting.length > MOST_ROWS && <p class="nobody">{t("waiting.others", { count: waiting.length - MOST_ROWS })}</p>}
    </div>
  );
}

export function RoomLock({ session }: { session: Session }) {
  return (
    <RoomSwitch
      class="lock"
      role="switch"
      label={t("settings.lock")}
      hint={t("settings.lock.hint")}
      on={session.now.room?.locked === true}
      set={(locked) => session.do({ do: "lock_room", locked })}
    />
  );
}

