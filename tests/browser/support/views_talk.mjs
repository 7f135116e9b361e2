// The views of chat, questions and polls: see views.mjs.

import { join } from "./browser.mjs";
import { pause } from "./media.mjs";
import { closeRoom, does, escape, extrasOf, menuClosed, menuOpened, quiet } from "./scenes.mjs";
import { openTalk } from "./talk.mjs";

const talk = (name, who, tab, waits = () => undefined) => ({
  name,
  who,
  enter: async (people) => {
    await openTalk(people[who], tab);
    await waits(people);
  },
  leave: (people) => escape(people[who]),
});

async function make({ server }) {
  const room = await server.room({ access: "request" }, "Physics 101");
  const host = await join(server, room, "Hanna Arendt", "host");
  const viewer = await join(server, room, "Ada Lovelace");
  const extras = await extrasOf(server, room, {
    otto: ["Otto Hahn", "moderator"],
    grace: ["Grace Hopper", "speaker"],
    alan: ["Alan Turing"],
    layla: ["ليلى العلوي"],
    marie: ["Marie Skłodowska-Curie"],
  });
  for (const up of [extras.otto, extras.grace]) await does(up, { do: "join_stage", sources: { mic: true, camera: false } });
  await quiet(host);
  return { people: { host, viewer, ...extras }, end: () => closeRoom(server, room, [host, viewer], Object.values(extras)) };
}

const to = async (person) => ({ is: "person", participant: await person.id() });

const chat = [
  {
    name: "chat for some only",
    who: "host",
    enter: async ({ host, otto, grace, alan, layla, marie }) => {
      await does(alan, { do: "say", text: "Is there a recording of last week?" });
      await does(layla, { do: "say", text: "صباح الخير، هل سنناقش الفصل الثالث اليوم؟" });
      await does(grace, { do: "say", text: "Two minutes more, then we take questions.", audience: { is: "backstage" } });
      await does(alan, { do: "say", text: "May I say a word about my own measurements?", audience: await to(host) });
      await does(grace, { do: "say", text: "Yes, the link is on the page of the course.", reply_to: 1 });
      for (const one of [layla, marie, otto]) await does(one, { do: "like_message", message: 1, liked: true });
      await does(layla, { do: "like_message", message: 5, liked: true });
      await does(otto, { do: "pin_message", message: 5 });
      await openTalk(host, "Chat");
      await host.page.getByRole("complementary", { name: "Pinned message" }).waitFor();
    },
  },
  {
    name: "menu of a message",
    who: "host",
    fleeting: true,
    enter: async ({ host }) => {
      const dots = host.page.locator(".message .dots").last();
      await dots.focus();
      // The log scrolls to it, and a menu closes when what it hangs on moves.
      await pause(250);
      await dots.press("Enter");
      await menuOpened(host);
    },
    leave: ({ host }) => menuClosed(host),
  },
  {
    name: "writing privately",
    who: "host",
    enter: async ({ host }) => {
      const dots = host.page.locator(".message.person .dots").last();
      await dots.focus();
      // The log scrolls to it, and a menu closes when what it hangs on moves.
      await pause(250);
      await dots.press("Enter");
      await host.page.getByRole("menuitem", { name: "Reply" }).click();
      await host.page.locator(".composer.person").waitFor();
      await host.page.getByRole("textbox", { name: "Message" }).fill("Gladly, right after the break.");
    },
    leave: async ({ host }) => {
      await host.page.getByRole("textbox", { name: "Message" }).press("Enter");
      await host.page.getByRole("combobox", { name: "Who reads it" }).selectOption("everybody");
      await escape(host);
    },
  },
  {
    name: "chat in private",
    who: "viewer",
    enter: async ({ viewer, otto }) => {
      await does(otto, { do: "say", text: "You are next, right after Grace.", audience: await to(viewer) });
      await openTalk(viewer, "Chat");
      await viewer.page.getByText("Privately to you").waitFor();
    },
  },
  {
    name: "chat silenced",
    who: "viewer",
    enter: async ({ viewer, otto }) => {
      await does(otto, { do: "silence", participant: await viewer.id(), silenced: true });
      await viewer.page.locator(".composer.silenced").waitFor();
    },
    leave: async ({ viewer, otto }) => {
      await does(otto, { do: "silence", participant: await viewer.id(), silenced: false });
      await viewer.page.locator("form.composer").waitFor();
      await escape(viewer);
      await quiet(viewer);
    },
  },
];

const questions = [
  talk("questions empty", "viewer", "Questions"),
  {
    ...talk("questions", "viewer", "Questions"),
    enter: async ({ viewer, grace, alan, layla, marie }) => {
      await does(alan, { do: "ask_question", text: "Why did the second measurement differ so much from the first one, although nothing in the setup was changed?" });
      await does(layla, { do: "ask_question", text: "هل ستكون الشرائح متاحة بعد المحاضرة؟" });
      await does(marie, { do: "ask_question", text: "Which book do you recommend for the holidays?" });
      await does(alan, { do: "ask_question", text: "Will there be an examination in July?" });
      for (const one of [layla, marie, grace]) await does(one, { do: "vote_question", question: 1, voted: true });
      await does(alan, { do: "vote_question", question: 2, voted: true });
      await does(grace, { do: "mark_question", question: 3, state: "live" });
      await does(grace, { do: "answer_question", question: 4, text: "Yes, on the 14th. You find the room in the calendar: https://example.edu/calendar" });
      await openTalk(viewer, "Questions");
      await viewer.page.getByText("Answer of Grace Hopper").waitFor();
      await viewer.page.getByRole("button", { name: /vote for the question of Alan Turing/ }).click();
      await viewer.page.locator(".vote[aria-pressed=true]").waitFor();
    },
  },
  talk("questions moderator", "host", "Questions"),
  {
    name: "answering a question",
    who: "host",
    enter: async ({ host }) => {
      const panel = await openTalk(host, "Questions");
      await panel.getByRole("list", { name: /Open questions/ }).getByRole("button", { name: "Answer in writing" }).first().click();
      await panel.getByRole("textbox", { name: /^Answer to/ }).fill("The room was warmer by four degrees.");
    },
    leave: async ({ host }) => {
      await host.button("Cancel").click();
      await escape(host);
    },
  },
  { name: "question being answered", who: "viewer", enter: ({ viewer }) => viewer.page.getByRole("region", { name: "Being answered" }).waitFor() },
];

const POLL = {
  title: "Before we begin",
  questions: [
    { text: "How did you come here today?", kind: { is: "single", choices: ["On foot or by bicycle", "By bus or train", "I am at home"] } },
    { text: "Which of these have you read?", kind: { is: "multiple", choices: ["Chapter one", "Chapter two", "الفصل الثالث"] } },
    { text: "How sure are you of chapter two?", kind: { is: "rating", most: 5 } },
    { text: "What shall we talk about?", kind: { is: "text" } },
  ],
  anonymous: false,
  held: false,
};

const QUIZ = {
  title: "Light and colour",
  questions: [
    { text: "Which wave is the longest?", kind: { is: "single", choices: ["Red", "Green", "Blue"] }, right: { is: "choices", choices: [0] } },
    { text: "Who split light with a prism?", kind: { is: "text" }, right: { is: "text", text: "Newton" } },
  ],
  anonymous: false,
  held: false,
  quiz: { seconds: 900, leader_board: true },
};

const choices = (...all) => ({ is: "choices", choices: all });
const text = (words) => ({ is: "text", text: words });
const rating = (value) => ({ is: "rating", rating: value });
const answers = (extra, poll, ...all) => does(extra, { do: "answer_poll", poll, answers: all });

/** One question of the form, by its number. */
async function writeQuestion(panel, number, words, kind, all = []) {
  if (number > 1) await panel.getByRole("button", { name: "Add a question" }).click();
  const question = panel.getByRole("group", { name: `Question ${number}` });
  await question.getByRole("textbox", { name: "Question" }).fill(words);
  await question.getByRole("combobox", { name: "Kind of answer" }).selectOption(kind);
  for (const [at, choice] of all.entries()) {
    if (at > 1) await question.getByRole("button", { name: "Add a choice" }).click();
    await question.getByRole("textbox", { name: `Choice ${at + 1}` }).fill(choice);
  }
}

const writing = [
  talk("polls empty", "viewer", "Polls"),
  talk("polls empty moderator", "host", "Polls"),
  {
    name: "writing a poll",
    who: "host",
    enter: async ({ host }) => {
      const panel = await openTalk(host, "Polls");
      await panel.getByRole("button", { name: "New poll" }).click();
      await panel.getByRole("textbox", { name: "Title" }).fill(POLL.title);
      for (const [at, { text: words, kind }] of POLL.questions.entries()) await writeQuestion(panel, at + 1, words, kind.is, kind.choices);
      await panel.getByRole("group", { name: "Question 1" }).getByRole("textbox", { name: "Choice 3" }).focus();
    },
  },
  {
    name: "what is wrong with a poll",
    who: "host",
    enter: async ({ host }) => {
      const panel = await openTalk(host, "Polls");
      await panel.getByRole("checkbox", { name: "Quiz" }).check();
      await panel.getByRole("textbox", { name: "Seconds to answer" }).fill("soon");
      const first = panel.getByRole("group", { name: "Question 1" });
      await first.getByRole("textbox", { name: "Question" }).fill("");
      await first.getByRole("textbox", { name: "Choice 1" }).fill("");
      await first.getByRole("textbox", { name: "Choice 3" }).fill("By bus or train");
      await panel.getByRole("button", { name: "Save poll" }).click();
      await panel.getByText("Write the question.").waitFor();
      await first.getByRole("textbox", { name: "Question" }).focus();
    },
    leave: async ({ host }) => {
      await host.button("Discard").click();
      await host.button("Discard it").click();
      await escape(host);
    },
  },
];

const polls = [
  talk("draft of a poll", "host", "Polls", async ({ host, otto }) => {
    await does(otto, { do: "create_poll", draft: POLL });
    await host.button(POLL.title).click();
    await host.button("Start").waitFor();
  }),
  {
    name: "poll opened",
    who: "viewer",
    enter: async ({ viewer, otto }) => {
      await does(otto, { do: "start_poll", poll: 1 });
      await viewer.told("A poll is open");
      // Whoever is about to press it keeps it.
      await viewer.button("Open").focus();
    },
    leave: ({ viewer }) => viewer.button("Open").click(),
  },
  {
    name: "answering a poll",
    who: "viewer",
    enter: async ({ viewer }) => {
      const panel = await openTalk(viewer, "Polls");
      await panel.getByRole("radio", { name: "By bus or train" }).check();
      for (const name of ["Chapter one", "Chapter two"]) await panel.getByRole("checkbox", { name }).check();
      await panel.getByRole("radio", { name: "4" }).check();
      await panel.getByRole("textbox").fill("Rainbows");
    },
  },
  {
    name: "results of a poll",
    who: "viewer",
    enter: async ({ viewer, alan, layla, marie, grace }) => {
      await answers(alan, 1, choices(0), choices(0), rating(3), text("The measurements of last week"));
      await answers(layla, 1, choices(2), choices(0, 2), rating(5), text("قوس قزح"));
      await answers(marie, 1, choices(2), choices(0, 1, 2), rating(4), null);
      await answers(grace, 1, choices(1), choices(0, 1), rating(5), null);
      await viewer.button("Send answers").click();
      await viewer.page.getByText("5 people have answered").waitFor();
    },
    leave: ({ viewer }) => escape(viewer),
  },
  talk("results of a poll moderator", "host", "Polls", ({ host }) => host.page.getByText("5 people have answered").waitFor()),
  {
    name: "answering a quiz",
    who: "viewer",
    enter: async ({ viewer, otto }) => {
      await does(otto, { do: "end_poll", poll: 1 });
      await does(otto, { do: "create_poll", draft: QUIZ });
      await does(otto, { do: "start_poll", poll: 2 });
      const panel = await openTalk(viewer, "Polls");
      await panel.getByRole("radio", { name: "Red" }).check();
      await panel.getByRole("textbox").fill("Goethe");
      await quiet(viewer);
    },
  },
  {
    name: "results of a quiz",
    who: "viewer",
    enter: async ({ viewer, otto, alan, layla, marie }) => {
      await answers(alan, 2, choices(0), text("Newton"));
      await answers(layla, 2, choices(2), text("newton"));
      await answers(marie, 2, choices(1), null);
      await viewer.button("Send answers").click();
      await viewer.page.getByText("You have answered.").waitFor();
      await does(otto, { do: "end_poll", poll: 2 });
      await viewer.page.getByRole("list", { name: "Leader board" }).waitFor();
    },
    leave: ({ viewer }) => escape(viewer),
  },
  talk("results of a quiz moderator", "host", "Polls", ({ host }) => host.page.getByRole("list", { name: "Leader board" }).waitFor()),
];

export const talkScenes = [{ scene: "a room that talks", make, views: [...chat, ...questions, ...writing, ...polls] }];
