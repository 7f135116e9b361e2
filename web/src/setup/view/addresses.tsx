/** What the platform's administrator types in over there. */
import { useId } from "preact/hooks";
import { t } from "../../texts/setup";
import { ADDRESSES, type Tool } from "../book";
import { Copied } from "./copy";

export function Addresses({ tool }: { tool: Tool }) {
  const id = useId();
  return (
    <section class="sheet" aria-labelledby={id}>
      <div class="sheet-head">
        <h2 id={id}>{t("tool")}</h2>
        <p class="hint">{t("tool.lead")}</p>
      </div>
      <dl class="addresses">
        {ADDRESSES.filter((address) => tool[address] !== "").map((address) => (
          <div key={address}>
            <dt>
              {t(`tool.${address}`)}
              <span class="hint">{t(`tool.${address}.hint`)}</span>
            </dt>
            <dd>
              <Copied what={t(`tool.${address}`)} text={tool[address]} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
