// The panels of chat, questions and polls, which share one button of the toolbar.

/** Opens one of them; answers its region. */
export async function openTalk(person, name) {
  const region = person.page.getByRole("region", { name, exact: true });
  if (await region.isVisible()) return region;
  const button = person.control("Chat");
  if ((await button.getAttribute("aria-expanded")) !== "true") await button.click();
  const tab = person.page.getByRole("tab", { name });
  await tab.waitFor();
  if ((await tab.getAttribute("aria-selected")) !== "true") await tab.click();
  await region.waitFor();
  return region;
}

/** What the toolbar says is waiting, as a number. */
export async function waiting(person) {
  return Number((await person.control("Chat").getAttribute("data-count")) ?? 0);
}

/** The name of what has the focus. */
export const focused = (person) =>
  person.page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute("aria-label") ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "";
  });

/** How far the page is wider than its window. */
export const overflow = (person) => person.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
