import { en } from "./en";
import type { SetupCatalogue } from "./index";

export const fr: SetupCatalogue = en;
