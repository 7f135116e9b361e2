// A voice that never pauses, for the fake microphone. Chromium's own beeps once a second, and what is lost between two beeps is lost on
// nobody; and Opus protects (in-band FEC) and conceals speech, not beeps.

import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

const RATE = 48_000;
const SECONDS = 8;
const SYLLABLE_SECONDS = 0.2;
/** The first three formants of some vowels, in Hz. */
const VOWELS = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [530, 1840, 2480],
  [570, 840, 2410],
  [300, 870, 2240],
];
const BANDWIDTHS = [80, 110, 160];

/** Samples from -1 to 1: pulses of a gliding pitch through resonators that move from vowel to vowel. */
export function voice() {
  const samples = new Float64Array(RATE * SECONDS);
  const filters = BANDWIDTHS.map(() => [0, 0]);
  let phase = 0;
  let peak = 0;
  for (let index = 0; index < samples.length; index += 1) {
    const seconds = index / RATE;
    const syllable = Math.floor(seconds / SYLLABLE_SECONDS);
    const through = seconds / SYLLABLE_SECONDS - syllable;
    phase += (120 + 35 * Math.sin(2 * Math.PI * 0.6 * seconds) + 12 * Math.sin(2 * Math.PI * 1.7 * seconds)) / RATE;
    const pulse = phase >= 1 ? 1 : 0;
    phase -= Math.floor(phase);
    // Each syllable swells and fades, but never to nothing.
    let sample = pulse * (0.35 + 0.65 * Math.sin(Math.PI * through));
    const [from, to] = [VOWELS[(syllable * 2) % VOWELS.length], VOWELS[(syllable * 2 + 2) % VOWELS.length]];
    for (const [band, state] of filters.entries()) {
      const frequency = from[band] + (to[band] - from[band]) * through;
      const radius = Math.exp((-Math.PI * BANDWIDTHS[band]) / RATE);
      const resonated = sample + 2 * radius * Math.cos((2 * Math.PI * frequency) / RATE) * state[0] - radius * radius * state[1];
      state[1] = state[0];
      state[0] = resonated;
      sample = resonated * (1 - radius);
    }
    samples[index] = sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  return samples.map((sample) => (0.5 * sample) / peak);
}

/** Writes it as a WAV file of 16 bits, mono, which Chromium plays over and over. */
export async function writeVoice(file) {
  const samples = voice();
  const wav = Buffer.alloc(44 + 2 * samples.length);
  wav.write("RIFF", 0);
  wav.writeUInt32LE(36 + 2 * samples.length, 4);
  wav.write("WAVEfmt ", 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(2 * RATE, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write("data", 36);
  wav.writeUInt32LE(2 * samples.length, 40);
  for (const [index, sample] of samples.entries()) wav.writeInt16LE(Math.round(sample * 32_767), 44 + 2 * index);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, wav);
  return file;
}
