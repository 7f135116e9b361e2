import { expect, it } from "vitest";
import { textOfRefusal } from "../src/model/words";
import type { Refusal } from "../src/signal/generated/messages";
import { say, spoken } from "../src/texts";
import { en } from "./catalogues";

spoken.value = { language: "en", catalogue: en };

const nameOf = (id: string) => (id === "p2" ? "Ada" : "");

it.each<[Refusal, string]>([
  [{ code: "cooldown", seconds: 1 }, "You can ask again in 1 second"],
  [{ code: "cooldown", seconds: 4 }, "You can ask again in 4 seconds"],
  [{ code: "already_handled", by: "p2" }, "Ada has dealt with it"],
  [{ code: "already_handled", by: "p3" }, "Somebody else has dealt with it"],
  [{ code: "already_handled" }, "Somebody else has dealt with it"],
  [{ code: "source_locked", source: "camera" }, "A moderator has locked your camera"],
  [{ code: "wrong_mode" }, "The stage takes no requests now"],
])("%o is said in words", (refusal, words) => {
  expect(say(textOfRefusal(refusal, nameOf))).toBe(words);
});
