/** Whether the person saves data: small pictures alone. Remembered by this browser; begins as the browser itself was told. */
import { remembered } from "./remembered";

interface NetworkInformation {
  readonly saveData?: boolean;
}

const { connection } = navigator as Navigator & { connection?: NetworkInformation };

export const saving = remembered("proscenium.saver", connection?.saveData === true);
