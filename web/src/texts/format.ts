/**
 * A small part of ICU message syntax: `{name}`, `{count, plural, =0 {…} one {…} other {…}}` (`#` is the number) and
 * `{role, select, host {…} other {…}}`, nested as deep as one likes. An apostrophe is an apostrophe; braces cannot be quoted.
 */

export type Values = Readonly<Record<string, string | number>>;

/** Puts `values` into `message`. What is missing shows as its name in braces, so that a mistake is seen and nothing breaks. */
export function format(message: string, values: Values = {}, locale = "en"): string {
  return render(message, values, locale, undefined);
}

function render(message: string, values: Values, locale: string, count: number | undefined): string {
  let out = "";
  let at = 0;
  while (at < message.length) {
    const char = message.charAt(at);
    if (char === "{") {
      const end = closing(message, at);
      out += argument(message.slice(at + 1, end), values, locale);
      at = end + 1;
    } else {
      out += char === "#" && count !== undefined ? new Intl.NumberFormat(locale).format(count) : char;
      at += 1;
    }
  }
  return out;
}

function argument(inside: string, values: Values, locale: string): string {
  const [head = "", kind = ""] = inside.split(",", 2).map((part) => part.trim());
  const value = values[head];
  if (value === undefined) return `{${head}}`;
  if (kind === "") return typeof value === "number" ? new Intl.NumberFormat(locale).format(value) : value;
  const cases = branches(inside.slice(inside.indexOf(",", inside.indexOf(",") + 1) + 1));
  if (kind === "plural") {
    const count = Number(value);
    const chosen = cases.get(`=${count}`) ?? cases.get(new Intl.PluralRules(locale).select(count)) ?? cases.get("other");
    return render(chosen ?? "", values, locale, count);
  }
  return render(cases.get(String(value)) ?? cases.get("other") ?? "", values, locale, undefined);
}

/** `one {…} other {…}` as a map. */
function branches(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  for (;;) {
    const open = text.indexOf("{", at);
    if (open < 0) return found;
    const end = closing(text, open);
    found.set(text.slice(at, open).trim(), text.slice(open + 1, end));
    at = end + 1;
  }
}

/** Where the brace opened at `open` closes; the end of the text when it never does. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}" && --depth === 0) return at;
  }
  return text.length;
}
