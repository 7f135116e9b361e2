/** A person without a picture: initials on a quiet colour that is theirs on every page. */
import { hueOf, initials } from "../model/people";

const COLOURS = 8;

export function Avatar({ id, name }: { id: string; name: string }) {
  return (
    <span class={`avatar colour-${hueOf(id, COLOURS)}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
