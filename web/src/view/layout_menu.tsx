/** How the tiles stand, and how cameras fill them: chosen for oneself, on this page. */
import type { Session } from "../session";
import { t } from "../texts";
import { CAMERAS, cameras, CHOICES, layoutChoice } from "./choices";
import { Menu } from "./menu";

export function LayoutMenu({ session, anchor, close }: { session: Session; anchor: HTMLElement; close: () => void }) {
  return (
    <Menu
      label={t("stage.layout")}
      headings={[t("stage.layout"), t("stage.cameras")]}
      anchor={anchor}
      onClose={close}
      sections={[
        CHOICES.map((choice) => ({
          label: t(`stage.layout.${choice}`),
          grave: false,
          chosen: layoutChoice.value === choice,
          choose: () => {
            layoutChoice.value = choice;
            // A tile that stays large would make the choice look broken.
            session.dispatch({ is: "pinned", pinned: null });
          },
        })),
        CAMERAS.map((choice) => ({
          label: t(`stage.cameras.${choice}`),
          grave: false,
          chosen: cameras.value === choice,
          choose: () => {
            cameras.value = choice;
          },
        })),
      ]}
    />
  );
}
