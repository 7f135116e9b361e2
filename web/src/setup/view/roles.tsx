/** Roles of the platform that mean something else here than they usually do: a row each. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../view/icons";
import { Wrong } from "../../view/wrong";
import { t } from "../../texts/setup";
import { ROLES, type Role } from "../book";
import type { RoleRow } from "../draft";

/** Those that platforms send most (LTI 1.3, LIS vocabulary), to choose from while one types. */
const KNOWN = ["Administrator", "Instructor", "Learner", "ContentDeveloper", "Mentor", "Manager", "Officer"]
  .map((role) => `http://purl.imsglobal.org/vocab/lis/v2/membership#${role}`)
  .concat("http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant");

export interface RolesProps {
  readonly id: string;
  readonly rows: readonly RoleRow[];
  readonly wrong: string | undefined;
  readonly change: (rows: readonly RoleRow[]) => void;
}

export function Roles({ id, rows, wrong, change }: RolesProps) {
  const list = useRef<HTMLFieldSetElement>(null);
  const added = useRef(false);
  useLayoutEffect(() => {
    if (added.current) list.current?.querySelector<HTMLElement>("tbody tr:last-child input")?.focus();
    added.current = false;
  }, [rows.length]);
  const set = (row: RoleRow, part: Partial<RoleRow>) => change(rows.map((one) => (one === row ? { ...one, ...part } : one)));
  const add = () => {
    added.current = true;
    change([...rows, { id: 1 + Math.max(0, ...rows.map((row) => row.id)), uri: "", role: "moderator" }]);
  };
  return (
    <fieldset ref={list} id={id} class="roles" tabIndex={-1} aria-describedby={`${id}-hint${wrong === undefined ? "" : ` ${id}-wrong`}`}>
      <legend>{t("form.roles")}</legend>
      <p id={`${id}-hint`} class="hint">
        {t("form.roles.hint")}
      </p>
      {rows.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t("form.roles.uri")}</th>
              <th scope="col">{t("form.roles.role")}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td>
                  <input
                    type="text"
                    dir="ltr"
                    class="code"
                    spellcheck={false}
                    list={`${id}-known`}
                    aria-label={t("form.roles.uri")}
                    value={row.uri}
                    onInput={(event) => set(row, { uri: event.currentTarget.value })}
                  />
                </td>
                <td>
                  <select aria-label={t("form.roles.role")} value={row.role} onChange={(event) => set(row, { role: event.currentTarget.value as Role })}>
                    {ROLES.map((role) => (
                      <option key={role} value={role} selected={role === row.role}>
                        {t(`role.${role}`)}
                      </option>
                    ))}
                  </select>
                </td>
                <td>
                  <button type="button" class="round" aria-label={t("form.roles.remove", { uri: row.uri })} onClick={() => change(rows.filter((one) => one !== row))}>
                    <Icon name="close" />
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <datalist id={`${id}-known`}>
        {KNOWN.map((uri) => (
          <option key={uri} value={uri} />
        ))}
      </datalist>
      {wrong !== undefined && <Wrong id={`${id}-wrong`}>{wrong}</Wrong>}
      <button type="button" onClick={add}>
        <Icon name="plus" />
        {t("form.roles.add")}
      </button>
    </fieldset>
  );
}
