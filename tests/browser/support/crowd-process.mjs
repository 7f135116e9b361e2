// A room full of people, as a process of its own, so that their work is not done by the one that measures.
//
//     fork("crowd-process.mjs", [url, room, count, messagesASecond, changesASecond])
//
// It says "ready" when all are in; from then on they write, and some come and some go.

import { Extra } from "./extras.mjs";

const [url, room, ...numbers] = process.argv.slice(2);
const [count, messages, changes] = numbers.map(Number);
/** Doors are not stormed: so many come in at once. */
const AT_ONCE = 25;
const API_KEY = "dev-secret";
const WORDS = "the quick brown fox jumps over a lazy dog while everybody else keeps asking whether there is a recording of it".split(" ");

const server = {
  url,
  async invitation(room, name, role) {
    const response = await fetch(`${url}/api/v1/rooms/${room}/tokens`, {
      method: "POST",
      headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
      body: JSON.stringify({ name, role }),
    });
    return response.json();
  },
};

const people = [];
let number = 0;
const come = async () => people.push(await Extra.come(server, room, `Guest ${(number += 1)} of the audience`));

await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (number < count) await come();
  }),
);

/** Does `body` so many times a second, without drifting. */
function often(times, body) {
  let next = performance.now();
  setInterval(() => {
    for (; next <= performance.now(); next += 1000 / times) body();
  }, 10);
}

let turn = 0;
let refused = 0;
let said = 0;
// One may write once a second: with everybody in turn nobody is too quick.
often(messages, async () => {
  const from = (turn += 7) % WORDS.length;
  const text = [...WORDS.slice(from), ...WORDS].slice(0, 3 + (turn % 12)).join(" ");
  const { type } = await people[turn % people.length].do({ do: "say", text });
  if (type === "done") said += 1;
  else refused += 1;
});
often(changes, async () => {
  const [leaver] = people.splice((turn * 13) % people.length, 1);
  await Promise.all([leaver.leave(), come()]);
});
process.on("message", () => process.send({ said, refused, people: people.length }));
process.send("ready");
