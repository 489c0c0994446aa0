import { eventually } from "./eventually.ts";
import type { Platform } from "./platform.ts";

export type SimulatedCall = {
  readonly sid: string;
  readonly status: "calling" | "ringing" | "answered" | "completed" | "failed";
  readonly sip_status: number | null;
  readonly call_sid: string | null;
  readonly tone_hz: number | null;
};

/** Has the simulated PSTN call a number; gives the call once it got somewhere or failed. */
export async function placeSimulatedCall(
  platform: Platform,
  to: string,
  behaviour: Readonly<Record<string, unknown>>,
): Promise<SimulatedCall> {
  const { sid } = await platform.post<SimulatedCall>("/trunkline/v1/SimulatedCalls", {
    To: to,
    From: "+14155550123",
    Behaviour: JSON.stringify(behaviour),
  });
  return settled(platform, sid, (status) => status !== "calling");
}

/** The call once it is over. */
export function endOfSimulatedCall(
  platform: Platform,
  sid: string,
  as: "demo" | "operator" = "demo",
): Promise<SimulatedCall> {
  return settled(platform, sid, (status) => status === "completed" || status === "failed", as);
}

function settled(
  platform: Platform,
  sid: string,
  done: (status: SimulatedCall["status"]) => boolean,
  as: "demo" | "operator" = "demo",
): Promise<SimulatedCall> {
  return eventually(
    `simulated call ${sid}`,
    async () => {
      const call = await platform.get<SimulatedCall>(`/trunkline/v1/SimulatedCalls/${sid}`, as);
      return done(call.status) ? call : undefined;
    },
    20_000,
  );
}
