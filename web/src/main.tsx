/** Where the page begins: which room, with which token, or none. */
import "@preact/signals";
import { render } from "preact";
import { Session } from "./session";
import { followOtherTabs, preferred, speak } from "./texts/language";
import { EndingPage } from "./view/ending";
import { keepFocus } from "./view/focus";
import { keepPace } from "./view/pace";
import { Landing } from "./view/landing";
import { Room } from "./view/room";

/** The address of a room is `/r/{room}#token=…`; the fragment never reaches the server or a log. */
function page() {
  const room = /^\/r\/([^/]+)\/?$/u.exec(window.location.pathname)?.[1];
  if (room === undefined) return <Landing />;
  const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
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

/** For a catalogue to arrive before the page is drawn; after that it is drawn in English, and again when it is there. */
const CATALOGUE_MS = 800;

followOtherTabs();
keepFocus();
keepPace();

const place = document.getElementById("page");
if (place !== null) {
  const late = new Promise((resolve) => window.setTimeout(resolve, CATALOGUE_MS));
  void Promise.race([speak(preferred()), late]).then(() => {
    place.replaceChildren();
    render(page(), place);
  });
}
