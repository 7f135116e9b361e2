/** The operator's page: which learning platforms may send people here, and what came of it. */
import "@preact/signals";
import { render } from "preact";
import { preferred } from "../texts/languages";
import { followOtherTabs, speakFirst } from "../texts/setup";
import { keepFocus } from "../view/focus";
import { Desk } from "./desk";
import { sendWith } from "./server";
import { SetupPage } from "./view/page";

followOtherTabs();
keepFocus();

const place = document.getElementById("page");
if (place !== null) void speakFirst(preferred()).then(() => render(<SetupPage desk={new Desk(sendWith)} />, place));
