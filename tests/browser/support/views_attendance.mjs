// The views of who was there: see views.mjs.

import { expectPeople } from "./expected.mjs";
import { escape, openPanel, region } from "./scenes.mjs";

/** Over the participants, where its button is. */
async function openAttendance(host) {
  await openPanel(host, "Participants");
  await region(host, "Participants").getByRole("button", { name: "Attendance", exact: true }).click();
  const dialog = host.dialog("Attendance");
  await dialog.getByRole("table").waitFor();
  return dialog;
}

async function closeAttendance(host) {
  await escape(host);
  await host.dialog("Attendance").waitFor({ state: "hidden" });
  await escape(host);
}

export const attendanceViews = [
  {
    name: "attendance",
    who: "host",
    enter: ({ host }) => openAttendance(host),
    leave: (people) => closeAttendance(people.host),
  },
  {
    name: "who is expected",
    who: "host",
    enter: async ({ host }) => {
      await expectPeople(host.page, { mode: "attendance", last: { at: new Date().toISOString(), sent: 12 } });
      const dialog = await openAttendance(host);
      await dialog.getByRole("radio").last().scrollIntoViewIfNeeded();
    },
    leave: async ({ host }) => {
      await closeAttendance(host);
      await host.page.unroute("**/attendance?*");
    },
  },
];
