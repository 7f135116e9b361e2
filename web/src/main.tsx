/** Where the page begins: which room, with which token, or none. */
import "@preact/signals";
import { render } from "preact";
import { Session } from "./session";
import { followOtherTabs, preferred, speakFirst } from "./texts/language";
import { EndingPage } from "./view/ending";
import { keepFocus } from "./view/focus";
import { keepPace } from "./view/pace";
import { later } from "./view/later";
import { Room } from "./view/room";

const Landing = later(async () => (await import("./view/landing")).Landing, { nothing: true, words: "outside" });
const Guest = later(async () => (await import("./view/guest")).Guest, { nothing: true, words: "outside" });

/**
 * The address of a room is `/r/{room}#token=…`; the fragment never reaches the server or a log. `&lang=…` is the platform's word. Guests come
 * by `/g/{key}`.
 */
const link = new URLSearchParams(window.location.hash.slice(1));

function page() {
  const guest = /^\/g\/([^/]+)\/?$/u.exec(window.location.pathname)?.[1];
  if (guest !== undefined) return <Guest linkKey={guest} />;
  const room = /^\/r\/([^/]+)\/?$/u.exec(window.location.pathname)?.[1];
  if (room === undefined) return <Landing />;
  const token = link.get("token");
  if (token === null || token === "") return <EndingPage ending="no_token" />;
  return <Room session={new Session(decoded(room), token)} />;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

// Another link pasted into the same tab differs in the fragment only, which browsers do not load anew for.
window.addEventListener("hashchange", () => window.location.reload());

followOtherTabs();
keepFocus();
keepPace();

const place = document.getElementById("page");
if (place !== null) {
  // The way into the room begins while the words are on theirs.
  const shown = page();
  void speakFirst(shown.type === Landing ? "outside" : "first", preferred(link.get("lang"))).then(() => {
    place.replaceChildren();
    render(shown, place);
  });
}
