/** A room as a teacher describes it to be added to a course. Pure. */
export const MOST_TITLE = 200;

/** What is wrong with a title. */
export function wrongTitle(title: string): "empty" | "long" | null {
  const length = [...title.trim()].length;
  return length === 0 ? "empty" : length > MOST_TITLE ? "long" : null;
}
