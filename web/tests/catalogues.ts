/** All words of the room and of what stands around it, in each language. */
import { en as enFirst } from "../src/texts/en";
import { es as esFirst } from "../src/texts/es";
import { fr as frFirst } from "../src/texts/fr";
import { de as deFirst } from "../src/texts/de";
import { pt as ptFirst } from "../src/texts/pt";
import { ar as arFirst } from "../src/texts/ar";
import { en as enLater } from "../src/texts/later/en";
import { es as esLater } from "../src/texts/later/es";
import { fr as frLater } from "../src/texts/later/fr";
import { de as deLater } from "../src/texts/later/de";
import { pt as ptLater } from "../src/texts/later/pt";
import { ar as arLater } from "../src/texts/later/ar";
import { en as enOutside } from "../src/texts/outside/en";
import { es as esOutside } from "../src/texts/outside/es";
import { fr as frOutside } from "../src/texts/outside/fr";
import { de as deOutside } from "../src/texts/outside/de";
import { pt as ptOutside } from "../src/texts/outside/pt";
import { ar as arOutside } from "../src/texts/outside/ar";

export const en = { ...enFirst, ...enLater, ...enOutside };
export const es = { ...esFirst, ...esLater, ...esOutside };
export const fr = { ...frFirst, ...frLater, ...frOutside };
export const de = { ...deFirst, ...deLater, ...deOutside };
export const pt = { ...ptFirst, ...ptLater, ...ptOutside };
export const ar = { ...arFirst, ...arLater, ...arOutside };
