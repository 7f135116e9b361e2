/** A launch that came to nothing: what the person can do, and folded away what their administrator can. */
import { Mark } from "../../view/icons";
import { t } from "../../texts/launch";
import type { Refused } from "../step";
import { meaningOf, reasonOf } from "../words";
import { Heading } from "./heading";

export function RefusedPage({ step: { code, detail, platform } }: { step: Refused }) {
  const { heading, text } = reasonOf(code);
  return (
    <main class="whole">
      <Mark />
      <Heading about={code}>{t(heading)}</Heading>
      <p>{t(text)}</p>
      <details class="administrator">
        <summary>{t("refused.details")}</summary>
        <dl>
          <dt>{t("refused.meaning")}</dt>
          <dd>{t(meaningOf(code))}</dd>
          <Fact name={t("refused.code")} value={code} />
          <Fact name={t("refused.detail")} value={detail} />
          <Fact name={t("refused.platform")} value={platform} />
        </dl>
      </details>
    </main>
  );
}

/** Written by machines, from left to right wherever it stands. */
function Fact({ name, value = "" }: { name: string; value?: string | undefined }) {
  if (value === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <code dir="ltr">{value}</code>
      </dd>
    </>
  );
}
