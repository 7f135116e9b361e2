/** Puts a step before the person, in their language. */
import "@preact/signals";
import { render } from "preact";
import { preferred } from "../../texts/languages";
import { speakFirst, t } from "../../texts/launch";
import type { Shown } from "../step";
import { ChoosePage } from "./choose";
import { ElsewherePage } from "./elsewhere";
import { RefusedPage } from "./refused";
import { RegisteredPage } from "./registered";

export async function show(step: Shown): Promise<void> {
  await speakFirst(preferred(step.lang));
  const place = document.getElementById("page");
  if (place === null) return;
  document.title = step.step === "choose" ? t("choose") : document.title;
  place.replaceChildren();
  render(<Page step={step} />, place);
}

function Page({ step }: { step: Shown }) {
  switch (step.step) {
    case "refused":
      return <RefusedPage step={step} />;
    case "elsewhere":
      return <ElsewherePage window={step.window} />;
    case "choose":
      return <ChoosePage step={step} />;
    case "registered":
      return <RegisteredPage step={step} />;
  }
}
