/** Everybody in the room, by where they stand, and for moderators what can be done about it. */
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import type { ParticipantId, ParticipantState, SourceState } from "../signal/generated/messages";
import { isModerator } from "../model/abilities";
import { actionsFor, writingActions } from "../model/actions";
import { handsOf, named } from "../model/people";
import type { Session } from "../session";
import { t, type TextKey } from "../texts";
import { Avatar } from "./avatar";
import { Connection } from "./connection";
import { Modal } from "./dialog";
import { RoomLock, WaitingList } from "./door";
import { RaisedHand, Spotlit } from "./hand";
import { Icon } from "./icons";
import { later } from "./later";
import { Menu } from "./menu";
import { PanelHead, usePanel } from "./panel";
import { ROW_PX, useRows, useWindow } from "./rows";

const Attendance = later(async () => (await import("./attendance")).Attendance);

type OpenMenu = { readonly participant: ParticipantId; readonly anchor: HTMLElement };

export function Participants({ session }: { session: Session }) {
  const region = useRef<HTMLElement>(null);
  const heading = useId();
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const all = session.groups.value;
  const [search, setSearch] = useState("");
  const searching = search.trim() !== "";
  const { asking, onStage, viewers } = useMemo(
    () => ({ asking: named(all.asking, search), onStage: named(all.onStage, search), viewers: named(all.viewers, search) }),
    [all, search],
  );
  const close = () => session.dispatch({ is: "panel", panel: null });
  usePanel(region, close);
  const nobody = (key: TextKey) => t(searching ? "people.none.found" : key);
  const list = { session, openFor: menu?.participant ?? null, onMenu: setMenu };
  return (
    <section ref={region} class="panel" aria-labelledby={heading} tabIndex={-1}>
      <PanelHead id={heading} title={t("people")} closing={t("people.close")} close={close} />
      <div class="panel-body">
        {isModerator(session.me.value) && !searching && <Door session={session} />}
        {(session.count.value >= SEARCHED_FROM || searching) && (
          <input
            type="search"
            class="search"
            value={search}
            placeholder={t("people.search")}
            aria-label={t("people.search")}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        )}
        {isModerator(session.me.value) && !searching && <ForAll session={session} asking={asking.length} />}
        <People {...list} title={t("people.asking")} nobody={nobody("people.none.asking")} people={asking} />
        <People {...list} title={t("people.on_stage")} nobody={nobody("people.none.on_stage")} people={onStage} />
        <People {...list} title={t("people.viewers")} nobody={nobody("people.none.viewers")} people={viewers} />
      </div>
      {menu !== null && <Actions session={session} menu={menu} close={() => setMenu(null)} />}
    </section>
  );
}

/** Who comes in, and who waits to. */
function Door({ session }: { session: Session }) {
  return (
    <>
      <RoomLock session={session} />
      <WaitingList session={session} />
    </>
  );
}

/** What a moderator does about many at once, and who was there. */
function ForAll({ session, asking }: { session: Session; asking: number }) {
  const hands = handsOf(session.now.people);
  const [attendance, setAttendance] = useState(false);
  const close = () => setAttendance(false);
  return (
    <div class="for-all">
      <button type="button" class="quiet" aria-haspopup="dialog" onClick={() => setAttendance(true)}>
        {t("attendance")}
      </button>
      {attendance && (
        <Modal class="attendance" title={t("attendance")} onDismiss={close}>
          <Attendance session={session} close={close} />
        </Modal>
      )}
      {asking >= 2 && (
        <button type="button" class="quiet" onClick={() => void session.do({ do: "approve_all_requests" })}>
          {t("people.approve_all", { count: asking })}
        </button>
      )}
      {hands > 0 && (
        <button type="button" class="quiet" onClick={() => void session.do({ do: "lower_all_hands" })}>
          {t("people.lower_all", { count: hands })}
        </button>
      )}
    </div>
  );
}

/** People in the room from which on one searches rather than looks. */
const SEARCHED_FROM = 8;

/** People in one list from which on only the rows in sight are there: thousands would make every change slow. */
const WINDOWED_FROM = 100;

interface PeopleProps {
  readonly session: Session;
  readonly title: string;
  readonly nobody: string;
  readonly people: readonly ParticipantState[];
  readonly openFor: ParticipantId | null;
  readonly onMenu: (menu: OpenMenu | null) => void;
}

function People({ session, title, nobody, people, openFor, onMenu }: PeopleProps) {
  const list = useRef<HTMLUListElement>(null);
  const windowed = people.length >= WINDOWED_FROM;
  const [first, end] = useWindow(list, ".panel-body", windowed);
  const [focused, setFocused] = useState<ParticipantId | null>(null);
  const row = useRows<ParticipantId>();
  const drawn = ({ id }: ParticipantState, index: number) => !windowed || (index >= first && index < end) || id === focused || id === openFor;
  const draw = (person: ParticipantState, index: number) => {
    const open = openFor === person.id;
    const place = windowed ? index : null;
    const size = windowed ? people.length : null;
    return row(person.id, [person, open, place, size], () => (
      <Person key={person.id} session={session} person={person} open={open} onMenu={onMenu} place={place} size={size} />
    ));
  };
  return (
    <div class="people">
      <h3>
        {title} <span class="number">{people.length}</span>
      </h3>
      <ul
        ref={list}
        role="list"
        aria-label={title}
        class={windowed ? "windowed" : ""}
        style={windowed ? { blockSize: `${people.length * ROW_PX}px` } : {}}
        onFocusIn={({ target }) => setFocused((target as HTMLElement).dataset["focus"] ?? null)}
        onFocusOut={() => setFocused(null)}
      >
        {people.map((person, index) => (drawn(person, index) ? draw(person, index) : null)).filter((one) => one !== null)}
      </ul>
      {people.length === 0 && <p class="nobody">{nobody}</p>}
    </div>
  );
}

interface PersonProps {
  readonly session: Session;
  readonly person: ParticipantState;
  readonly open: boolean;
  readonly onMenu: (menu: OpenMenu | null) => void;
  /** Where it stands in a list of which not every row is there, and how long that is. */
  readonly place: number | null;
  readonly size: number | null;
}

function Person({ session, person, open, onMenu, place, size }: PersonProps) {
  const actor = session.me.value;
  const own = actor?.id === person.id;
  const label = t("people.actions", { name: person.name });
  return (
    <li
      class={person.connected ? "" : "away"}
      style={place === null ? {} : { insetBlockStart: `${place * ROW_PX}px` }}
      aria-posinset={place === null ? undefined : place + 1}
      aria-setsize={size ?? undefined}
    >
      <Avatar id={person.id} name={person.name} />
      <span class="who">
        <span class="name">
          <bdi>{person.name}</bdi>
          {own && <span class="you"> ({t("people.you")})</span>}
        </span>
        <Remarks person={person} />
        {person.question !== undefined && (
          <span class="asked" dir="auto">
            {person.question}
          </span>
        )}
      </span>
      {person.hand !== undefined && <RaisedHand />}
      <Spotlit session={session} who={person.id} />
      <Connection session={session} who={person.id} />
      <Sources person={person} />
      {!isModerator(actor) && <WriteTo session={session} person={person} />}
      {actionsFor(actor, person, session.now.room).length > 0 && (
        <button
          type="button"
          class="round"
          aria-label={label}
          aria-haspopup="menu"
          data-focus={person.id}
          aria-expanded={open}
          onClick={(event) => onMenu(open ? null : { participant: person.id, anchor: event.currentTarget })}
        >
          <Icon name="dots" />
        </button>
      )}
    </li>
  );
}

/** What the audience and speakers may do about those who moderate. */
function WriteTo({ session, person }: { session: Session; person: ParticipantState }) {
  const { room } = session.now;
  const [action] = room === null ? [] : writingActions(session.me.value, person, room);
  if (action === undefined) return null;
  const label = t("chat.placeholder.person", { name: person.name });
  return (
    <button type="button" class="round" aria-label={label} title={label} onClick={() => session.carryOut(action.command)}>
      <Icon name="chat" />
    </button>
  );
}

function Remarks({ person }: { person: ParticipantState }) {
  const remarks = [
    person.role === "viewer" ? null : t("people.role", { role: person.role }),
    person.stage === "invited" ? t("people.invited") : null,
    person.connected ? null : t("people.away"),
  ].filter((remark) => remark !== null);
  return remarks.length === 0 ? null : <span class="remark">{remarks.join(" · ")}</span>;
}

function Sources({ person }: { person: ParticipantState }) {
  const locked = person.mic === "locked" || person.camera === "locked";
  if (person.stage !== "on_stage" && !locked) return null;
  return (
    <span class="sources">
      <SourceIcon state={person.mic} label={t("people.mic", { state: person.mic })} icons={["mic", "micOff"]} />
      <SourceIcon state={person.camera} label={t("people.camera", { state: person.camera })} icons={["camera", "cameraOff"]} />
    </span>
  );
}

function SourceIcon({ state, label, icons }: { state: SourceState; label: string; icons: readonly ["mic" | "camera", "micOff" | "cameraOff"] }) {
  return (
    <span class={`source ${state}`} role="img" aria-label={label} title={label}>
      <Icon name={icons[state === "on" ? 0 : 1]} />
      {state === "locked" && <Icon name="lock" />}
    </span>
  );
}

function Actions({ session, menu, close }: { session: Session; menu: OpenMenu; close: () => void }) {
  const person = session.now.people.get(menu.participant);
  const sections = person === undefined ? [] : actionsFor(session.me.value, person, session.now.room);
  const nothing = sections.length === 0;
  useEffect(() => {
    if (nothing) close();
  }, [nothing]);
  if (person === undefined || nothing) return null;
  return (
    <Menu
      label={t("people.actions", { name: person.name })}
      anchor={menu.anchor}
      onClose={close}
      sections={sections.map((section) =>
        section.map(({ key, values, command, grave }) => ({
          label: t(key, values),
          grave: grave === true,
          choose: () => session.carryOut(command),
        })),
      )}
    />
  );
}
