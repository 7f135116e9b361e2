/** Views that are rarely opened, loaded when they are. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Nothing until it is here; opened again where it did not come. */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Later(props: Props) {
    const [, here] = useState(loaded !== null);
    useEffect(() => {
      let wanted = true;
      const take = (view: ComponentType<Props>) => {
        loaded = view;
        if (wanted) here(true);
      };
      if (loaded === null) void load().then(take, () => undefined);
      return () => {
        wanted = false;
      };
    }, []);
    const View = loaded;
    return View === null ? null : <View {...props} />;
  };
}
