// What all suites share. Filled by main.mjs before the first test.

import { join } from "./browser.mjs";

export const shared = { server: undefined };

/** People of one test in a room of its own; everyone has left when the test is over. */
export async function scene(test, stage, body) {
  const { server } = shared;
  const people = [];
  const room = await server.room(stage);
  const enter = async (name, role = "viewer", options = {}) => {
    const person = await join(options.server ?? server, room, name, role, options);
    people.push(person);
    return person;
  };
  try {
    await body({ server, room, enter });
    for (const person of people) {
      if (person.errors.length > 0) throw new Error(`${person.name}'s page threw: ${person.errors[0].stack}`);
    }
  } catch (error) {
    await Promise.all(people.map((person, index) => picture(person, test.name, index)));
    throw error;
  } finally {
    await Promise.all(people.map((person) => person.leave().catch(() => undefined)));
    await server.api("DELETE", `/api/v1/rooms/${room}`);
  }
}

/** Where pictures of failed tests are left. */
const FAILURES = new URL("../../../target/browser-failures/", import.meta.url).pathname;

export async function picture(person, test, index) {
  const file = `${FAILURES}${test.replaceAll(/[^a-z0-9]+/gi, "-")}-${index}-${person.name}.png`;
  await person.page.screenshot({ path: file, timeout: 3000 }).catch(() => undefined);
  console.error(`    picture: ${file}`);
}
