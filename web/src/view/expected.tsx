/** Whom a learning platform expects, and who of them is not here. Nothing where the room belongs to none. */
import { useId, useRef, useState } from "preact/hooks";
import { missingOf, type Expected } from "../model/attendance";
import { t } from "../texts";
import { useFirst } from "./attendance_table";

interface Props {
  readonly expected: readonly Expected[] | undefined;
  readonly error: string | undefined;
}

export function ExpectedList({ expected, error }: Props) {
  const heading = useId();
  const [missingOnly, setMissingOnly] = useState(true);
  const missing = missingOf(expected ?? []);
  const list = useRef<HTMLUListElement>(null);
  const { shown, button } = useFirst(list, missingOnly ? missing : (expected ?? []));
  if (expected === undefined && error === undefined) return null;
  return (
    <section class="expected" aria-labelledby={heading}>
      <h3 id={heading}>{t("attendance.expected")}</h3>
      {error !== undefined && <p class="hint">{t("attendance.expected.failed", { error })}</p>}
      {expected !== undefined && expected.length > 0 && (
        <>
          <p class="lead">{t("attendance.missing", { missing: missing.length, count: expected.length })}</p>
          <label class="switch">
            <input type="checkbox" role="switch" checked={missingOnly} onChange={(event) => setMissingOnly(event.currentTarget.checked)} />
            <span>{t("attendance.missing_only")}</span>
          </label>
          <ul ref={list} role="list" aria-labelledby={heading}>
            {shown.map((person, at) => (
              // Two may have one name, and the list has no other key.
              <Line key={`${person.name} ${at}`} person={person} />
            ))}
          </ul>
          {button}
        </>
      )}
    </section>
  );
}

function Line({ person: { name, role, present } }: { person: Expected }) {
  return (
    <li tabIndex={-1}>
      <span>
        <bdi>{name}</bdi>
        {role !== "" && (
          <span class="remark">
            <bdi>{role}</bdi>
          </span>
        )}
      </span>
      <span class={present ? "here" : "missing"}>{t(present ? "attendance.here" : "attendance.missing.one")}</span>
    </li>
  );
}
