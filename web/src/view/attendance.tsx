/** Who was there, for moderators: one meeting at a time, and who was expected. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { thereNow, timeOf, type Attendance as Told, type Meeting } from "../model/attendance";
import type { Session } from "../session";
import { spoken, t } from "../texts";
import { AttendanceTable } from "./attendance_table";
import { Do } from "./button";
import { save } from "./download";
import { ExpectedList } from "./expected";
import { Gradebook } from "./gradebook";
import { Icon } from "./icons";
import "./style/attendance.css";

/** Between two looks at who is there, in milliseconds. */
const AGAIN_MS = 15_000;

export function Attendance({ session, close }: { session: Session; close: () => void }) {
  // The latest until another is chosen.
  const [chosen, setChosen] = useState<number | null>(null);
  const { told, failed, again } = useAttendance(session, chosen);
  const meeting = told?.meetings.find(({ id }) => chosen === null || id === chosen);
  return (
    <>
      {told === null && !failed && <p class="nobody">{t("tabs.loading")}</p>}
      {failed && (
        <div class="failure" role="alert">
          <Icon name="alert" />
          <span>{t(told === null ? "attendance.failed" : "attendance.stale")}</span>
          <button type="button" onClick={() => void again()}>
            {t("tabs.try")}
          </button>
        </div>
      )}
      {told?.meetings.length === 0 && <p class="nobody">{t("attendance.none")}</p>}
      {told !== null && meeting !== undefined && <Meetings all={told.meetings} shown={meeting} choose={setChosen} />}
      {meeting !== undefined && <People meeting={meeting} waits={!failed} />}
      {told !== null && <ExpectedList expected={told.expected} error={told.expected_error} />}
      {told?.grade !== undefined && <Gradebook session={session} grade={told.grade} changed={again} />}
      <div class="buttons">
        {meeting !== undefined && <Do do={() => download(session, meeting)}>{t("poll.csv")}</Do>}
        <button type="button" class="primary" onClick={close}>
          {t("people.close")}
        </button>
      </div>
    </>
  );
}

interface Fetched {
  readonly told: Told | null;
  readonly failed: boolean;
  readonly again: () => Promise<void>;
}

/** What the server tells of it, now and every while; what it told before stays where it does not answer. */
function useAttendance(session: Session, chosen: number | null): Fetched {
  const [told, setTold] = useState<Told | null>(null);
  const [failed, setFailed] = useState(false);
  const fetch = useRef(() => Promise.resolve());
  useEffect(() => {
    let over = false;
    fetch.current = async () => {
      const found = await fetched(session, chosen);
      // The people of another meeting are no answer to this.
      if (over) return;
      setFailed(found === null);
      if (found !== null) setTold(found);
    };
    void fetch.current();
    const timer = window.setInterval(() => void fetch.current(), AGAIN_MS);
    return () => {
      over = true;
      window.clearInterval(timer);
    };
  }, [chosen]);
  return { told, failed, again: () => fetch.current() };
}

async function fetched(session: Session, chosen: number | null): Promise<Told | null> {
  const response = await session.fetch(`attendance?meeting=${chosen ?? "latest"}`);
  try {
    return response?.ok === true ? ((await response.json()) as Told) : null;
  } catch {
    return null;
  }
}

async function download(session: Session, { id, began }: Meeting): Promise<void> {
  const response = await session.fetch(`attendance.csv?meeting=${id}`);
  const file = response?.ok === true ? await response.blob().catch(() => null) : null;
  if (file === null) {
    session.dispatch({ is: "told", toast: { topic: "attendance-csv", tone: "alert", text: { key: "poll.csv.failed" } } });
    return;
  }
  save(file, `${t("attendance")} ${began.slice(0, 10)}.csv`);
}

interface MeetingsProps {
  readonly all: readonly Meeting[];
  readonly shown: Meeting;
  readonly choose: (id: number) => void;
}

function Meetings({ all, shown, choose }: MeetingsProps) {
  const id = useId();
  const { language } = spoken.value;
  const name = (meeting: Meeting) => {
    const time = timeOf(meeting, language);
    return meeting.ended === null ? t("attendance.going_on", { began: time }) : time;
  };
  return (
    <div class="picker">
      <label for={id}>{t("attendance.meeting")}</label>
      <select id={id} value={shown.id} onChange={(event) => choose(Number(event.currentTarget.value))}>
        {all.map((meeting) => (
          <option key={meeting.id} value={meeting.id} selected={meeting.id === shown.id}>
            {name(meeting)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** A meeting has people; one without was not asked for yet. */
function People({ meeting, waits }: { meeting: Meeting; waits: boolean }) {
  const { people, ended } = meeting;
  const id = useId();
  if (people.length === 0) return waits ? <p class="nobody">{t("tabs.loading")}</p> : null;
  const values = { count: people.length, there: thereNow(people) };
  return (
    <>
      <p id={id} class="lead">
        {t(ended === null ? "attendance.count.now" : "attendance.count", values)}
      </p>
      <AttendanceTable key={meeting.id} meeting={meeting} labelledby={id} />
    </>
  );
}
