/**
 * A text with somebody's words in it: a name, a title. These stand in a `<bdi>` each, so that one written the other way, or made to turn what
 * stands around it, turns nothing.
 */
import { say, type Text } from "../texts";

/** Values that people have chosen; all others are the page's own. */
const THEIRS: ReadonlySet<string> = new Set(["name", "title", "room"]);
/** Of no script and no font: they mark where such a value begins and ends, and go no further than here. */
const [BEGIN, END] = ["\uE000", "\uE001"];
const MARKED = new RegExp(`${BEGIN}([^${END}]*)${END}`, "u");
const MARKS = new RegExp(`[${BEGIN}${END}]`, "gu");

export function Said({ text: { key, values = {} } }: { text: Text }) {
  const marked = Object.entries(values).map(([name, value]) => [name, THEIRS.has(name) ? mark(value) : value] as const);
  // Every second piece is what was marked.
  const pieces = say({ key, values: Object.fromEntries(marked) }).split(MARKED);
  return <>{pieces.map((piece, index) => (index % 2 === 0 ? piece : <bdi key={index}>{piece}</bdi>))}</>;
}

function mark(value: string | number): string {
  return `${BEGIN}${String(value).replace(MARKS, "")}${END}`;
}
