/** The whole page: the way in, then addresses and platforms, and beside them what becomes of launches. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Mark } from "../../view/icons";
import { LANGUAGES, remember, type Language } from "../../texts/languages";
import { speak, spoken, t } from "../../texts/setup";
import { keepFresh, type Desk } from "../desk";
import { Addresses } from "./addresses";
import { KeyForm } from "./key";
import { Launches } from "./launches";
import { Platforms, type Writing } from "./platforms";

export function SetupPage({ desk }: { desk: Desk }) {
  const book = desk.book.value;
  const { language } = spoken.value;
  useEffect(() => void (document.title = t("setup.page")), [language]);
  const [writing, write] = useState<Writing | null>(null);
  const open = book !== null;
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever comes in begins at the top.
  useLayoutEffect(() => heading.current?.focus(), [open]);
  useEffect(() => (open ? keepFresh(desk) : undefined), [open]);
  const close = () => {
    write(null);
    desk.close();
  };
  if (book === null) return <KeyForm desk={desk} />;
  return (
    <main class="setup">
      <header class="setup-head">
        <Mark />
        <div class="about">
          <h1 ref={heading} tabIndex={-1}>
            {t("setup")}
          </h1>
          <p>{t("setup.lead")}</p>
        </div>
        <LanguagePicker />
        <button type="button" class="quiet" onClick={() => close()}>
          {t("setup.close")}
        </button>
      </header>
      <Trouble desk={desk} />
      <div class="setup-body">
        <div class="setup-main">
          <Addresses tool={book.tool} />
          <Platforms desk={desk} platforms={book.platforms} writing={writing} write={write} />
        </div>
        <Launches launches={book.launches} platforms={book.platforms} busy={writing !== null} write={write} />
      </div>
    </main>
  );
}

/** Its place is there before there is anything to say: nothing below it moves. */
function Trouble({ desk }: { desk: Desk }) {
  const trouble = desk.trouble.value;
  return (
    <div class="trouble" role="status">
      {trouble !== null && <p>{t(trouble.is === "key" ? "failure.key" : "failure.trying")}</p>}
    </div>
  );
}

export function LanguagePicker() {
  const id = useId();
  const { language } = spoken.value;
  const choose = async (wanted: Language) => {
    if (await speak(wanted)) remember(wanted);
  };
  return (
    <div class="language">
      <label class="unseen" for={id}>
        {t("setup.language")}
      </label>
      <select id={id} value={language} onChange={(event) => void choose(event.currentTarget.value as Language)}>
        {Object.entries(LANGUAGES).map(([key, name]) => (
          <option key={key} value={key} lang={key} selected={key === language}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
