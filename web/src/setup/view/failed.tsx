/** What did not work, and the server's own words where it had some. */
import { Icon } from "../../view/icons";
import { t } from "../../texts/setup";
import type { Failure } from "../server";
import { textOfFailure } from "../words";

export function Failed({ failure }: { failure: Failure }) {
  const said = failure.is === "refused" ? failure.said || failure.code : "";
  return (
    <div class="failure" role="alert">
      <Icon name="alert" />
      <span>
        {t(textOfFailure(failure))}
        {said !== "" && <bdi class="said"> {said}</bdi>}
      </span>
    </div>
  );
}
