/** Stretches that a recording is drawn in. */
const STRETCHES = 600;
/** Recordings are of telephone calls. */
const RATE_HZ = 8_000;

/** The loudest sample, 0 to 1, of each stretch of each channel of a sound that the API gives. */
export async function readPeaks(path: string, signal: AbortSignal): Promise<readonly (readonly number[])[]> {
  const response = await fetch(path, { credentials: "same-origin", signal });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
  const sound = await new OfflineAudioContext(1, 1, RATE_HZ).decodeAudioData(await response.arrayBuffer());
  return Array.from({ length: sound.numberOfChannels }, (_, channel) => peaksOf(sound.getChannelData(channel)));
}

function peaksOf(samples: Float32Array): readonly number[] {
  const peaks = new Array<number>(STRETCHES).fill(0);
  for (let at = 0; at < samples.length; at++) {
    const stretch = Math.floor((at * STRETCHES) / samples.length);
    const loudness = Math.abs(samples[at] ?? 0);
    if (loudness > (peaks[stretch] ?? 0)) peaks[stretch] = loudness;
  }
  return peaks;
}
