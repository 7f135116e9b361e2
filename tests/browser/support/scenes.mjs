// What the scenes of all views share: how people come into a room, what they open there, and how it is put back.

import { join } from "./browser.mjs";
import { Extra } from "./extras.mjs";
import { eventually } from "./media.mjs";
import { PORTRAITS, standForPortrait } from "./portrait.mjs";

export const region = (person, name) => person.page.getByRole("region", { name, exact: true });
export const escape = (person) => person.page.keyboard.press("Escape");

/** A menu is there once one of its entries has the focus, and gone once there is none. */
export const menuOpened = ({ page }) => page.locator("[role=menu] :focus").waitFor();
export async function menuClosed({ page }) {
  await page.keyboard.press("Escape");
  await page.getByRole("menu").waitFor({ state: "detached" });
}

export const press = (person, name) => person.control(name).click();

export async function openPanel(person, name) {
  await press(person, name);
  await person.page.locator(".panel").getByRole("heading", { name, level: 2 }).waitFor();
}

export const panel = (name, who, button = name) => ({
  name,
  who,
  enter: (people) => openPanel(people[who], button),
  leave: (people) => escape(people[who]),
});

/** Until there is nothing of it left on the page. */
export const quiet = (person) => eventually("no toasts", () => person.page.evaluate(() => document.querySelector(".toast") === null));

export async function closeRoom(server, room, pages, extras = []) {
  for (const extra of extras) extra.vanish();
  await Promise.all(pages.map((person) => person.leave()));
  await server.api("DELETE", `/api/v1/rooms/${room}`);
}

/** Somebody whose camera sees the portrait of this number. */
export const enterAs = (server, room, name, role, portrait) =>
  join(server, room, name, role, { context: { script: { run: standForPortrait, with: PORTRAITS[portrait] } } });

/** People who are there as a socket each, by the names of the object. */
export async function extrasOf(server, room, names) {
  const come = async ([key, [name, role]]) => [key, await Extra.come(server, room, name, role)];
  return Object.fromEntries(await Promise.all(Object.entries(names).map(come)));
}

/** Gives a command, which has to be carried out. */
export async function does(extra, command) {
  const outcome = await extra.do(command);
  if (outcome.type !== "done") throw new Error(`${extra.name} cannot ${JSON.stringify(command)}: ${JSON.stringify(outcome)}`);
}
