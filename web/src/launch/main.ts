/** Between a click in a learning platform and the room. Most people never see it: only what has something to say loads more than this. */
import { wayTo } from "./frames";
import { cameBack, post, prove } from "./server";
import { stepIn, type Shown, type Step } from "./step";
import { keep } from "./storage";

async function take(step: Step): Promise<void> {
  switch (step.step) {
    case "store": {
      // The platform's word for this click may be good once: whether the way back is open is known before it is spent.
      const stored = step.storage === null ? Promise.resolve(false) : keep(wayTo(step.storage), step.key, step.value);
      if (await either(stored, cameBack(step.here))) return window.location.replace(step.then);
      return show({ step: "elsewhere", window: step.window, ...(step.lang !== undefined && { lang: step.lang }) });
    }
    case "prove": {
      const way = step.storage === null ? null : wayTo(step.storage);
      const proven = await prove(step, way, post, window.location.href);
      return proven.is === "room" ? window.location.replace(proven.address) : show(proven.step);
    }
    default:
      return show(step);
  }
}

/** As soon as one of them is. */
async function either(a: Promise<boolean>, b: Promise<boolean>): Promise<boolean> {
  const open = async (way: Promise<boolean>) => ((await way) ? true : Promise.reject(new Error("closed")));
  return Promise.any([open(a), open(b)]).catch(() => false);
}

async function show(step: Shown): Promise<void> {
  const { show } = await import("./view/show");
  await show(step);
}

const written = document.querySelector<HTMLMetaElement>("meta[name=proscenium-launch]")?.content ?? "";
void take(stepIn(written, window.location.href));
