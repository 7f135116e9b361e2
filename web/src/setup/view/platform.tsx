/** One platform: what is known of it, whether its addresses work, and what can be done about it. */
import { useId, useState } from "preact/hooks";
import { Do } from "../../view/button";
import { Modal } from "../../view/dialog";
import { Icon } from "../../view/icons";
import { t } from "../../texts/setup";
import { keyOf, type Check, type Platform } from "../book";
import type { Desk } from "../desk";
import type { Failure } from "../server";
import { textOfCheck } from "../words";
import { Failed } from "./failed";

export interface PlatformCardProps {
  readonly desk: Desk;
  readonly platform: Platform;
  readonly title: string;
  readonly edit: () => void;
}

export function PlatformCard({ desk, platform, title, edit }: PlatformCardProps) {
  const id = useId();
  const [asked, setAsked] = useState(false);
  const [checks, setChecks] = useState<readonly Check[] | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [checking, setChecking] = useState(false);
  const own = platform.source !== "file";
  const check = async () => {
    setChecking(true);
    const got = await desk.check(platform);
    setChecking(false);
    setFailure("failure" in got ? got.failure : null);
    setChecks("value" in got ? got.value : null);
  };
  return (
    <article class="platform" aria-labelledby={id}>
      <h3 id={id} dir="auto">
        {title}
      </h3>
      {!own && <p class="hint">{t("platform.file")}</p>}
      <Facts platform={platform} />
      <div aria-live="polite">
        {checking && checks === null && <p class="nobody">{t("platform.checking")}</p>}
        {checks !== null && <Checks checks={checks} />}
      </div>
      {failure !== null && <Failed failure={failure} />}
      <div class="buttons">
        {own && (
          <button type="button" class="quiet" aria-describedby={id} onClick={() => setAsked(true)}>
            {t("platform.delete")}
          </button>
        )}
        {own && (
          <button type="button" data-opens={keyOf(platform)} aria-describedby={id} onClick={edit}>
            {t("platform.edit")}
          </button>
        )}
        <Do describedby={id} do={check}>
          {t("platform.check")}
        </Do>
      </div>
      {asked && <Deletion desk={desk} platform={platform} title={title} close={() => setAsked(false)} />}
    </article>
  );
}

function Facts({ platform }: { platform: Platform }) {
  const roles = Object.entries(platform.roles);
  return (
    <>
      <dl class="facts">
        <Fact name={t("platform.issuer")} values={[platform.issuer]} />
        <Fact name={t("platform.client_id")} values={[platform.client_id]} />
        <Fact name={t("platform.deployments")} values={platform.deployments} />
      </dl>
      <details>
        <summary>{t("platform.more")}</summary>
        <dl class="facts">
          <Fact name={t("form.login_url")} values={[platform.login_url]} />
          <Fact name={t("form.jwks_url")} values={[platform.jwks_url]} />
          <Fact name={t("form.token_url")} values={[platform.token_url]} />
          <dt>{t("platform.roles")}</dt>
          <dd>
            {roles.length === 0 && t("platform.roles.none")}
            {roles.map(([uri, role]) => (
              <span key={uri} class="line">
                <code dir="ltr">{uri}</code>: {t(`role.${role}`)}
              </span>
            ))}
          </dd>
        </dl>
      </details>
    </>
  );
}

function Fact({ name, values }: { name: string; values: readonly string[] }) {
  const there = values.filter((value) => value !== "");
  if (there.length === 0) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {there.map((value) => (
          <code key={value} dir="ltr" class="line">
            {value}
          </code>
        ))}
      </dd>
    </>
  );
}

function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <ul class="checks" role="list">
      {checks.map((one) => (
        <li key={one.check} class={one.ok ? "ok" : "bad"}>
          <Icon name={one.ok ? "check" : "alert"} />
          <span>
            <strong>{t(`check.${one.check}`)}:</strong> {t(textOfCheck(one))}
            {one.detail !== "" && (
              <code dir="ltr" class="line">
                {one.detail}
              </code>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

interface DeletionProps {
  readonly desk: Desk;
  readonly platform: Platform;
  readonly title: string;
  readonly close: () => void;
}

function Deletion({ desk, platform, title, close }: DeletionProps) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const remove = async () => {
    const failed = await desk.remove(platform);
    if (failed === null) close();
    else setFailure(failed);
  };
  return (
    <Modal title={t("delete", { name: `\u2068${title}\u2069` })} onDismiss={close}>
      <p class="lead">{t("delete.lead")}</p>
      {failure !== null && <Failed failure={failure} />}
      <div class="buttons">
        <button type="button" onClick={close}>
          {t("delete.no")}
        </button>
        <Do class="grave" do={remove}>
          {t("delete.yes")}
        </Do>
      </div>
    </Modal>
  );
}
