/** How loud a microphone is, for a meter. */

let context: AudioContext | null = null;

/** Calls `show` with a level from 0 to 1 some twenty times a second; returns how to stop. */
export function watchLevel(track: MediaStreamTrack, show: (level: number) => void): () => void {
  context ??= new AudioContext();
  // Without a gesture of the person yet, it starts suspended; the meter rests until it may run.
  if (context.state === "suspended") void context.resume().catch(() => undefined);
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let shown = 0;
  const timer = window.setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    const level = meterLevel(Math.sqrt(sum / samples.length));
    // Falls slower than it rises, as eyes like it.
    shown = Math.max(level, shown * 0.82);
    show(shown);
  }, 50);
  return () => {
    window.clearInterval(timer);
    source.disconnect();
  };
}

/** From a root mean square of samples to the share of a meter that is lit: −60 dB is nothing, −10 dB is all. Pure. */
export function meterLevel(rms: number): number {
  if (rms <= 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (decibels + 60) / 50));
}
