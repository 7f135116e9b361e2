// Who was there: seen by a moderator in a dialog and in a spreadsheet, on a desktop and on a phone, and told by a platform that expects people.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { eventually, pause } from "../support/media.mjs";
import { expectPeople } from "../support/expected.mjs";
import { scene } from "../support/shared.mjs";
import { overflow } from "../support/talk.mjs";

const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

async function openAttendance(person) {
  await (await person.openParticipants()).getByRole("button", { name: "Attendance", exact: true }).click();
  const dialog = person.dialog("Attendance");
  await dialog.waitFor();
  return dialog;
}

/** The row of somebody, a text for each cell. */
const rowOf = (dialog, name) =>
  dialog
    .getByRole("row")
    .filter({ has: dialog.page().getByRole("rowheader", { name }) })
    .locator("td")
    .allInnerTexts();

const names = (dialog) => dialog.locator("tbody th bdi").allInnerTexts();

/** A platform that takes grades, in place of the server; what it was sent. */
const withPlatform = async (page, grade) => {
  const sent = [];
  await expectPeople(page, grade);
  await page.route("**/grade", async (route) => {
    sent.push([route.request().method(), route.request().postDataJSON(), await route.request().headerValue("authorization")]);
    grade.mode = route.request().postDataJSON().mode;
    await route.fulfill({ status: 204 });
  });
  return sent;
};

describe("attendance", () => {
  it("who came, who was on stage and who left stands in the dialog and in the table for a spreadsheet", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const [mo, ada, bob] = [await enter("Mo", "moderator"), await enter("Ada"), await enter("Bob")];
      await ada.joinStage();
      await pause(1_500);
      await bob.control("Leave room").click();
      await bob.page.getByRole("heading", { name: /left/ }).waitFor();

      const dialog = await openAttendance(mo);
      await dialog.getByText("3 people have come, 2 are here now").waitFor();
      assert.deepEqual(await names(dialog), ["Mo", "Ada", "Bob"], "in the order they came");
      const [joined, left, , onStage] = await rowOf(dialog, "Ada");
      assert.match(joined, /\d:\d\d/);
      assert.deepEqual([left, onStage], ["Here now", "under 1"]);
      const [, bobLeft, , bobOnStage] = await rowOf(dialog, "Bob");
      assert.match(bobLeft, /\d:\d\d/);
      assert.equal(bobOnStage, "0");

      const sort = (column) => dialog.getByRole("button", { name: column, exact: true });
      await sort("Name").click();
      assert.deepEqual(await names(dialog), ["Ada", "Bob", "Mo"]);
      await sort("Name").click();
      assert.deepEqual(await names(dialog), ["Mo", "Bob", "Ada"]);
      assert.equal(await dialog.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort"), "descending");
      await sort("Minutes on stage").click();
      assert.equal((await names(dialog))[0], "Ada", "the longest first");

      const downloading = mo.page.waitForEvent("download");
      await dialog.getByRole("button", { name: "Download as CSV" }).click();
      const file = await downloading;
      assert.match(file.suggestedFilename(), /^Attendance \d{4}-\d\d-\d\d\.csv$/);
      const rows = (await readFile(await file.path(), "utf8")).split("\r\n").slice(0, -1);
      assert.equal(rows[0], "\ufeffmeeting,began,ended,user,name,role,joined,left,minutes,stage_minutes");
      const cells = rows.slice(1).map((row) => row.split(","));
      assert.deepEqual(cells.map((row) => row[4]), ["Mo", "Ada", "Bob"]);
      const [, hers, his] = cells;
      assert.ok(hers[7] === "" && Number(hers[9]) > 0 && Number(hers[8]) >= Number(hers[9]), rows[2]);
      assert.ok(his[7].endsWith("Z") && Number(his[8]) > 0 && Number(his[9]) === 0, rows[3]);
    }));

  it("is brought up to date while it is open, says when it is not, and closes by keyboard", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mo = await enter("Mo", "moderator");
      await mo.page.clock.install();
      const dialog = await openAttendance(mo);
      await dialog.getByText("1 person has come, 1 is here now").waitFor();
      await enter("Late");
      await mo.page.clock.fastForward(15_000);
      await dialog.getByText("2 people have come, 2 are here now").waitFor();
      await mo.page.route("**/attendance?*", (route) => route.abort());
      await mo.page.clock.fastForward(15_000);
      await dialog.getByRole("alert").filter({ hasText: "could not be brought up to date" }).waitFor();
      assert.deepEqual(await names(dialog), ["Mo", "Late"], "what was told before stays");
      await mo.page.unroute("**/attendance?*");
      await dialog.getByRole("button", { name: "Try again" }).click();
      await dialog.getByRole("alert").waitFor({ state: "hidden" });
      await mo.page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
      const focused = () => mo.page.evaluate(() => document.activeElement?.textContent);
      await eventually("the focus is back on the button", async () => (await focused()) === "Attendance");
      const panel = mo.page.getByRole("region", { name: "Participants" });
      assert.ok(await panel.isVisible(), "one Escape closes one thing");
    }));

  it("is for moderators: no button for others, and none any more for who is one no longer", (test) =>
    scene(test, { access: "open" }, async ({ server, room, enter }) => {
      const [hal, mo, ada] = [await enter("Hal", "host"), await enter("Mo", "moderator"), await enter("Ada")];
      const button = async (person) => (await person.openParticipants()).getByRole("button", { name: "Attendance", exact: true });
      assert.equal(await (await button(ada)).count(), 0);
      const answer = await fetch(`${server.url}/api/v1/rooms/${room}/attendance`, { headers: { authorization: `Bearer ${ada.token}` } });
      assert.equal(answer.status, 403);
      const dialog = await openAttendance(mo);
      await hal.act("Mo", "Make viewer");
      await dialog.waitFor({ state: "hidden" });
      assert.equal(await (await button(mo)).count(), 0);
    }));

  it("fits the smallest phone, and names what stands in a card", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mo = await enter("Mo", "moderator", { context: PHONE });
      await enter("Wolfgang Amadeus Johann Chrysostomus Theophilus von und zu Hohenlohe-Waldenburg");
      const dialog = await openAttendance(mo);
      await dialog.getByText("2 people have come").waitFor();
      assert.ok((await overflow(mo)) <= 0, "nothing is wider than the phone");
      const [inside, outside] = await dialog.evaluate((element) => [element.scrollWidth, element.clientWidth]);
      assert.ok(inside <= outside, `${inside} of ${outside} px`);
      assert.equal(await dialog.getByRole("columnheader").count(), 5, "it is a table there too");
    }));

  it("a long list comes in parts, and the keyboard goes on where it was", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mo = await enter("Mo", "moderator");
      const someone = (n) => ({ user: `u${n}`, name: `Person ${n}`, role: "viewer", joined: "2026-11-26T10:00:00Z", left: null, minutes: n, stage_minutes: 0, present: true });
      const people = Array.from({ length: 120 }, (_, n) => someone(n));
      const meetings = [{ id: 7, began: "2026-11-26T10:00:00Z", ended: "2026-11-26T11:00:00Z", people }];
      await mo.page.route("**/attendance?*", (route) => route.fulfill({ json: { meetings } }));
      const dialog = await openAttendance(mo);
      await dialog.getByText("120 people were there").waitFor();
      assert.equal((await names(dialog)).length, 50);
      await dialog.getByRole("button", { name: "Show 70 more" }).press("Enter");
      await eventually("all of them are there", async () => (await names(dialog)).length === 120);
      const focused = () => mo.page.evaluate(() => document.activeElement?.querySelector("bdi")?.textContent);
      await eventually("the focus is on the first of them", async () => (await focused()) === "Person 50");
    }));

  it("who is expected and missing, and what goes to the gradebook, stand there where a platform tells", (test) =>
    scene(test, { access: "open" }, async ({ enter }) => {
      const mo = await enter("Mo", "moderator");
      const grade = { mode: "none", last: { at: "2026-11-26T10:00:00Z", sent: 12 } };
      const sent = await withPlatform(mo.page, grade);
      const dialog = await openAttendance(mo);
      const expected = dialog.getByRole("region", { name: "Expected, and not here" });
      await expected.getByText("2 of 3 are missing").waitFor();
      const people = () => expected.getByRole("listitem").allInnerTexts();
      assert.deepEqual((await people()).map((text) => text.split("\n")[0]), ["Alan Turing", "Kurt Gödel"]);
      await expected.getByRole("switch", { name: "Missing only" }).click();
      assert.equal((await people()).length, 3);
      await dialog.getByText(/^12 grades were sent/).waitFor();
      await dialog.getByRole("radio", { name: "Send the time on stage" }).click();
      await eventually("the choice is sent", () => sent.length === 1);
      assert.deepEqual(sent[0], ["PUT", { mode: "stage" }, `Bearer ${mo.token}`]);
      assert.equal(await dialog.getByRole("radio", { name: "Send the time on stage" }).isChecked(), true);
      await mo.page.route("**/grade", (route) => route.fulfill({ status: 502 }));
      await dialog.getByRole("radio", { name: "Send the time present" }).click();
      await dialog.getByRole("alert").filter({ hasText: "could not be changed" }).waitFor();
      await eventually("it is as it was", () => dialog.getByRole("radio", { name: "Send the time on stage" }).isChecked());
    }));
});
