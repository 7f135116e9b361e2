/** Who came by a link, as this tab remembers it: opening the link again is the same person, and uses nothing up. */

/** Of a page's address, the part that a link puts there: the same on whatever name the page itself is. */
export function placeOf(url: string): string {
  const { pathname, hash } = new URL(url, "http://localhost");
  return pathname + hash;
}

/** Whether the token of such an address is good for a while yet; `now` in milliseconds since 1970. */
export function isGood(place: string, now: number): boolean {
  const claims = /#token=[^.]*\.([^.]*)\./u.exec(place)?.[1];
  if (claims === undefined) return false;
  try {
    const { exp } = JSON.parse(atob(claims.replaceAll("-", "+").replaceAll("_", "/"))) as { exp?: unknown };
    return typeof exp === "number" && exp * 1000 > now + SPARE_MS;
  } catch {
    return false;
  }
}

/** For the way there. */
const SPARE_MS = 60_000;
