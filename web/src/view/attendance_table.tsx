/** The people of one meeting: a table, and on a phone a card for each that is still a table to whoever does not see it. */
import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { COLUMNS, momentOf, ordered, sorted, wholeMinutes, type Attendee, type Column, type Meeting, type Order } from "../model/attendance";
import { spoken, t } from "../texts";

/** So many rows at first: what stands below is found without a long way. */
const FIRST = 50;
/** So many with each wish for more: thousands at once would hold the page up. */
const MORE = 200;

/** The first of a long list, and what brings the next of it. The focus goes to those: the button may be gone then. */
export function useFirst<One>(list: RefObject<HTMLElement | null>, all: readonly One[]): { readonly shown: readonly One[]; readonly button: ComponentChildren } {
  const [most, setMost] = useState(FIRST);
  useLayoutEffect(() => {
    const next = most === FIRST ? undefined : list.current?.children[most - MORE];
    if (next instanceof HTMLElement) next.focus();
  }, [most]);
  const count = Math.min(all.length - most, MORE);
  const button = count > 0 && (
    <button type="button" class="quiet more" onClick={() => setMost(most + MORE)}>
      {t("attendance.more", { count })}
    </button>
  );
  return { shown: all.slice(0, most), button };
}

export function AttendanceTable({ meeting, labelledby }: { meeting: Meeting; labelledby: string }) {
  const [order, setOrder] = useState<Order>({ by: "joined", falling: false });
  const { language } = spoken.value;
  const list = useRef<HTMLTableSectionElement>(null);
  const { shown, button } = useFirst(list, sorted(meeting.people, order, language));
  return (
    <>
      {/* The layout of a phone takes the elements' own roles away. */}
      <table class="attendance-table" role="table" aria-labelledby={labelledby}>
        <thead role="rowgroup">
          <tr role="row">
            {COLUMNS.map((column) => (
              <Head key={column} column={column} order={order} choose={setOrder} />
            ))}
          </tr>
        </thead>
        <tbody ref={list} role="rowgroup">
          {shown.map((person) => (
            <Row key={person.user} person={person} began={meeting.began} language={language} />
          ))}
        </tbody>
      </table>
      {button}
    </>
  );
}

interface HeadProps {
  readonly column: Column;
  readonly order: Order;
  readonly choose: (order: Order) => void;
}

function Head({ column, order, choose }: HeadProps) {
  const by = order.by === column;
  const direction = order.falling ? "descending" : "ascending";
  return (
    <th role="columnheader" scope="col" aria-sort={by ? direction : undefined}>
      <button type="button" class={by ? direction : ""} onClick={() => choose(ordered(order, column))}>
        {t(`attendance.${column}`)}
      </button>
    </th>
  );
}

function Row({ person, began, language }: { person: Attendee; began: string; language: string }) {
  const { name, role, joined, left, minutes, stage_minutes, present } = person;
  return (
    <tr role="row" tabIndex={-1}>
      <th role="rowheader" scope="row">
        <bdi>{name}</bdi>
        {role !== "viewer" && <span class="remark">{t("people.role", { role })}</span>}
      </th>
      <td role="cell" data-label={t("attendance.joined")}>
        <Moment at={joined} began={began} language={language} />
      </td>
      <td role="cell" data-label={t("attendance.left")} class={present ? "here" : ""}>
        {left === null ? t("attendance.here") : <Moment at={left} began={began} language={language} />}
      </td>
      <td role="cell" data-label={t("attendance.minutes")} class="number">
        {minutesShown(minutes, language)}
      </td>
      <td role="cell" data-label={t("attendance.stage_minutes")} class="number">
        {minutesShown(stage_minutes, language)}
      </td>
    </tr>
  );
}

export function Moment({ at, began, language }: { at: string; began: string; language: string }) {
  return <time dateTime={at}>{momentOf(at, began, language)}</time>;
}

function minutesShown(minutes: number, language: string): string {
  const whole = wholeMinutes(minutes);
  return whole === null ? t("attendance.under") : new Intl.NumberFormat(language).format(whole);
}
