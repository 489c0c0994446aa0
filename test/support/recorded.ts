import { eventually } from "./eventually.ts";
import { tonePower } from "./lent-fixtures.ts";
import type { Platform } from "./platform.ts";

const SAMPLE_RATE = 8_000;
const HEADER_BYTES = 44;
/** Tones are looked for in a tenth of a second at a time. */
const WINDOW = 800;
/** A tone is there when it has this share of the loudest it is sent with: -10 dBm0, mixed with another, or just begun. */
const LOUD = 0.1 * (32_124 * 10 ** (-13.14 / 20)) ** 2;

export type Recorded = {
  readonly sid: string;
  readonly status: string;
  readonly channels: number;
  readonly duration: string | null;
  readonly error_code: number | null;
  readonly encryption_details: {
    readonly encryption_public_key_sid: string;
    readonly encryption_cek: string;
    readonly encryption_iv: string;
  } | null;
};

type Alert = { readonly error_code: string; readonly resource_sid: string; readonly alert_text: string };

/** A recording's sound, one list of samples per channel. */
export class Sound {
  readonly channels: readonly Float64Array[];

  constructor(wav: Buffer) {
    const count = wav.readUInt16LE(22);
    const frames = (wav.length - HEADER_BYTES) / (2 * count);
    if (wav.toString("latin1", 0, 4) !== "RIFF" || wav.readUInt32LE(40) !== wav.length - HEADER_BYTES)
      throw new Error("not a whole WAV file");
    this.channels = Array.from({ length: count }, (_channel, first) =>
      Float64Array.from({ length: frames }, (_sample, i) => wav.readInt16LE(HEADER_BYTES + 2 * (i * count + first))),
    );
  }

  get seconds(): number {
    return (this.channels[0]?.length ?? 0) / SAMPLE_RATE;
  }

  /** For how many seconds a channel has that tone, counted from 1 as the product does. */
  toneSec(channel: 1 | 2, hz: number): number {
    return this.#windowsWith(channel, hz).length / 10;
  }

  /** When it is there first and last; NaN when it is not. */
  toneSpan(channel: 1 | 2, hz: number): readonly [fromSec: number, toSec: number] {
    const windows = this.#windowsWith(channel, hz);
    return [(windows[0] ?? Number.NaN) / 10, ((windows.at(-1) ?? Number.NaN) + 1) / 10];
  }

  #windowsWith(channel: 1 | 2, hz: number): readonly number[] {
    const samples = this.channels[channel - 1] ?? new Float64Array();
    const windows = Array.from({ length: Math.floor(samples.length / WINDOW) }, (_window, i) => i);
    return windows.filter((i) => tonePower(samples.subarray(i * WINDOW, (i + 1) * WINDOW), hz) > LOUD);
  }
}

/** What the trunk's calls are from now on: its Recording resource (contract §2.2). */
export async function recordTrunk(
  platform: Platform,
  trunk: string,
  mode: string,
  trim = "do-not-trim",
): Promise<void> {
  await platform.post(`/v1/Trunks/${trunk}/Recording`, { Mode: mode, Trim: trim });
}

/** The recordings of a call. */
export async function recordingsOf(platform: Platform, callSid: string): Promise<readonly Recorded[]> {
  const path = `/2010-04-01/Accounts/${platform.demo.accountSid}/Calls/${callSid}/Recordings.json`;
  return (await platform.get<{ recordings: readonly Recorded[] }>(path)).recordings;
}

/** The one recording of a call, once it is finished, however that went. */
export async function finishedRecording(platform: Platform, callSid: string, limitMs = 15_000): Promise<Recorded> {
  return eventually(
    `the recording of ${callSid}`,
    async () => {
      const [recording, ...others] = await recordingsOf(platform, callSid);
      if (others.length > 0) throw new Error(`${others.length + 1} recordings`);
      return recording?.status === "completed" || recording?.status === "absent" ? recording : undefined;
    },
    limitMs,
  );
}

/** Its sound, as a customer downloads it. */
export async function soundOf(platform: Platform, recording: Recorded): Promise<Sound> {
  return new Sound(await download(platform, recording));
}

/** What is stored of it. */
export async function download(platform: Platform, { sid }: Recorded): Promise<Buffer> {
  const { accountSid, authToken } = platform.demo;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
  const url = `${platform.api}/2010-04-01/Accounts/${accountSid}/Recordings/${sid}.wav`;
  const response = await fetch(url, { headers: { authorization } });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Codes of the alerts that the debugger has of a call, once there is one. */
export function alertsOf(platform: Platform, callSid: string): Promise<readonly Alert[]> {
  return eventually(`alerts of ${callSid}`, async () => {
    const { alerts } = await platform.get<{ alerts: readonly Alert[] }>("/v1/Alerts?PageSize=1000");
    const own = alerts.filter(({ resource_sid }) => resource_sid === callSid);
    return own.length > 0 ? own : undefined;
  });
}
