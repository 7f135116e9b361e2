/** Blurs a camera's background on this page. The network and its model are files of this server. */
import { GaussianBlurBackgroundProcessor } from "@twilio/video-processors";
// The filter asks for these by their names. Every browser the page is for runs the faster of the two programs it comes with.
import model from "@twilio/video-processors/dist/build/selfie_segmentation_landscape.tflite?url";
import "@twilio/video-processors/dist/build/tflite-simd-1-0-0.js?url";
import "@twilio/video-processors/dist/build/tflite-simd-1-0-0.wasm?url";
import "@twilio/video-processors/dist/build/twilio-gaussian-blur-background-processor-pipeline-worker.js?url";
// Its licence goes where it goes.
import "@twilio/video-processors/LICENSE.md?url";
import type { Blur } from "./blur";

const BLUR_RADIUS = 20;
/** More would cost the machine more than anybody sees. */
const PICTURES_A_SECOND = 24;
/** A model that is not there by then will not come. */
const FIRST_PICTURE_MS = 20_000;

/** One for the page's life: each would hold a worker and a model of its own. */
const filter = new GaussianBlurBackgroundProcessor({
  assetsPath: new URL(".", new URL(model, window.location.href)).href,
  blurFilterRadius: BLUR_RADIUS,
});

export async function blurOnPage(camera: MediaStreamTrack): Promise<Blur> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([camera]);
  const canvas = document.createElement("canvas");
  // A context is there before the canvas is captured: browsers want that.
  canvas.getContext("2d");
  const turning = new Turning(video, canvas, (from, to) => filter.processFrame(from, to));
  try {
    await within(FIRST_PICTURE_MS, Promise.all([filter.loadModel(), video.play()]).then(() => turning.first()));
  } catch (error) {
    turning.stop();
    throw error;
  }
  const [track] = canvas.captureStream().getVideoTracks();
  if (track === undefined) throw new Error("the canvas gives no picture");
  turning.start();
  return {
    track,
    stop: () => {
      turning.stop();
      track.stop();
    },
  };
}

/** Takes the camera's pictures one by one, and gives the next one out when the last is done: a slow machine shows fewer. */
class Turning {
  readonly #clock = new Worker(new URL("./ticker.ts", import.meta.url), { type: "module" });

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly turn: (from: HTMLVideoElement, to: HTMLCanvasElement) => Promise<void>,
  ) {}

  /** One picture, blurred; fails when it cannot be. */
  async first(): Promise<void> {
    const { videoWidth, videoHeight } = this.video;
    if (this.canvas.width !== videoWidth) this.canvas.width = videoWidth;
    if (this.canvas.height !== videoHeight) this.canvas.height = videoHeight;
    await this.turn(this.video, this.canvas);
  }

  start(): void {
    this.#clock.onmessage = () => this.#next();
    this.#next();
  }

  #next(): void {
    const began = performance.now();
    // A picture that could not be blurred is left out, never shown as it is.
    void this.first()
      .catch(() => undefined)
      .then(() => this.#clock.postMessage(Math.max(0, 1000 / PICTURES_A_SECOND - (performance.now() - began))));
  }

  stop(): void {
    this.#clock.terminate();
    this.video.srcObject = null;
  }
}

function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = window.setTimeout(() => reject(new Error("too slow")), milliseconds);
    void promise.then(resolve, reject).finally(() => window.clearTimeout(timer));
  });
}
