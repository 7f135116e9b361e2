/** What is wrong with a field, beneath it; `id` is what the field is described by. */
import type { ComponentChildren } from "preact";
import { Icon } from "./icons";

export function Wrong({ id, children }: { id: string; children: ComponentChildren }) {
  return (
    <p id={id} class="wrong" role="alert">
      <Icon name="alert" />
      <span>{children}</span>
    </p>
  );
}
