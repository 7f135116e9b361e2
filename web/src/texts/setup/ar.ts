import { en } from "./en";
import type { SetupCatalogue } from "./index";

export const ar: SetupCatalogue = en;
