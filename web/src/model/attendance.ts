/** Who was there, as the server tells it over HTTP (docs/attendance.md), and how it is looked at. */
import type { Role } from "../signal/generated/messages";

export interface Attendance {
  /** The newest first; with people where they were asked for. */
  readonly meetings: readonly Meeting[];
  /** Whom a learning platform knows; absent where the room belongs to none. */
  readonly expected?: readonly Expected[];
  /** Why that could not be found out. */
  readonly expected_error?: string;
  readonly grade?: Grade;
}

/** Moments as the server writes them, in UTC. */
export interface Meeting {
  readonly id: number;
  readonly began: string;
  /** `null` while it goes on. */
  readonly ended: string | null;
  readonly people: readonly Attendee[];
}

export interface Attendee {
  readonly user: string;
  readonly name: string;
  readonly role: Role;
  readonly joined: string;
  /** `null` while they are there. */
  readonly left: string | null;
  readonly minutes: number;
  readonly stage_minutes: number;
  readonly present: boolean;
}

export interface Expected {
  readonly name: string;
  readonly role: string;
  readonly present: boolean;
}

export const GRADE_MODES = ["none", "attendance", "stage"] as const;
export type GradeMode = (typeof GRADE_MODES)[number];

/** What a learning platform is told of each person. */
export interface Grade {
  readonly mode: GradeMode;
  readonly last?: { readonly at: string; readonly sent: number; readonly error?: string };
}

export const COLUMNS = ["name", "joined", "left", "minutes", "stage_minutes"] as const;
export type Column = (typeof COLUMNS)[number];

export interface Order {
  readonly by: Column;
  readonly falling: boolean;
}

/** The same column once more turns it round. Names begin with the first, numbers with the most. */
export function ordered({ by, falling }: Order, column: Column): Order {
  if (by === column) return { by, falling: !falling };
  return { by: column, falling: column === "minutes" || column === "stage_minutes" };
}

/** Who is there still left last. Equals stay in the order they came. */
export function sorted(people: readonly Attendee[], { by, falling }: Order, language: string): readonly Attendee[] {
  const { compare } = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  const ascending = (a: Attendee, b: Attendee): number => {
    switch (by) {
      case "name":
        return compare(a.name, b.name);
      case "joined":
        return Date.parse(a.joined) - Date.parse(b.joined);
      case "left":
        return leftAt(a) - leftAt(b);
      default:
        return a[by] - b[by];
    }
  };
  return [...people].sort((a, b) => (falling ? ascending(b, a) : ascending(a, b)));
}

/** As late as a number can be, so that two of them are the same. */
const leftAt = ({ left }: Attendee): number => (left === null ? Number.MAX_VALUE : Date.parse(left));

export const thereNow = (people: readonly Attendee[]): number => people.filter(({ present }) => present).length;

export const missingOf = (expected: readonly Expected[]): readonly Expected[] => expected.filter(({ present }) => !present);

/** Whole minutes; `null` for somebody who was there, and for less than one. */
export function wholeMinutes(minutes: number): number | null {
  return minutes > 0 && minutes < 1 ? null : Math.round(minutes);
}

/** A moment of a meeting: the time says enough on the day it began. */
export function momentOf(at: string, began: string, language: string): string {
  const [moment, day] = [new Date(at), new Date(began)];
  const dated = moment.toDateString() === day.toDateString() ? {} : ({ dateStyle: "short" } as const);
  return new Intl.DateTimeFormat(language, { ...dated, timeStyle: "short" }).format(moment);
}

/** When a meeting was: from when, and until when if it is over. */
export function timeOf({ began, ended }: Meeting, language: string): string {
  const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  return ended === null ? moments.format(new Date(began)) : moments.formatRange(new Date(began), new Date(ended));
}
