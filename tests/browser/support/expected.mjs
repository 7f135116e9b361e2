// What the server tells of attendance where a learning platform knows who is expected, put into what it tells anyway.

const EXPECTED = [
  { name: "Ada Lovelace", role: "Learner", present: true },
  { name: "Alan Turing", role: "Learner", present: false },
  { name: "Kurt Gödel", role: "Learner", present: false },
];

/** From now on this page is told so, with this gradebook. */
export const expectPeople = (page, grade) =>
  page.route("**/attendance?*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), expected: EXPECTED, grade } });
  });
