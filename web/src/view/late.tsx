/** Views that most people never open: their code comes when somebody does. */
import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Nothing is shown until it is there; where it does not come, the next opening tries again. */
export function late<Props extends object>(load: () => Promise<ComponentType<Props>>): (props: Props) => ComponentChildren {
  let Loaded: ComponentType<Props> | null = null;
  return function Late(props: Props) {
    const [, draw] = useState(0);
    useEffect(() => {
      if (Loaded !== null) return;
      load().then(
        (view) => {
          Loaded = view;
          draw(1);
        },
        () => undefined,
      );
    }, []);
    return Loaded === null ? null : <Loaded {...props} />;
  };
}
