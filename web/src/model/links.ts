/** Addresses in what people write. Everything else stays the text that it is. Pure. */

/** A piece of a text; `href` where it is an address. */
export interface Piece {
  readonly text: string;
  readonly href?: string;
}

/** Nothing but http and https: no other scheme is made clickable, whatever it does. */
const ADDRESS = /https?:\/\/[^\s<>"']+/giu;
/** What ends a sentence rather than an address. */
const AFTER = /[.,;:!?)\]}»”]+$/u;

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(AFTER, "");
    if (!URL.canParse(address)) continue;
    if (match.index > at) pieces.push({ text: text.slice(at, match.index) });
    pieces.push({ text: address, href: address });
    at = match.index + address.length;
  }
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}
