/** The simulated PSTN: a carrier like any other that serves every number (interface §4). Its own SIP port, its own media. */
export type PstnOptions = {
  /** Address to bind SIP and RTP to. */
  readonly address: string;
  /** 0: any. */
  readonly port: number;
  /** Where its calls to our numbers go: host and port of the platform's edge. */
  readonly platform: { readonly host: string; readonly port: number };
  readonly maxCalls?: number;
};

export type PlacedCall = {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly status: "calling" | "ringing" | "answered" | "completed" | "failed";
  readonly sipStatus: number | null;
  readonly reason: string | null;
  readonly callSid: string | null;
  readonly toneHz: number | null;
  readonly digits: string;
  readonly packetsReceived: number;
};

export type PlaceCall = {
  readonly to: string;
  readonly from: string;
  readonly callerName: string | null;
  readonly behaviour: {
    readonly audio: "silence" | "tone" | "echo" | "none";
    readonly digits: string | null;
    readonly hangupAfterMs: number | null;
    readonly giveUpAfterMs: number;
  };
};

export interface SimulatedPstn {
  readonly address: string;
  readonly port: number;
  place(call: PlaceCall): PlacedCall;
  fetch(sid: string): PlacedCall | undefined;
  /** Who is called at that number, last, keys in digits as soon as the call is up; false when nobody is. */
  press(number: string, digits: string): boolean;
  readonly liveCalls: number;
  close(): Promise<void>;
}

/** The built-in PBX: places one authenticated termination call and listens (`trunkline call`). */
export type TestCallOptions = {
  readonly bind: string;
  readonly target: { readonly host: string; readonly port: number };
  readonly domain: string;
  readonly to: string;
  readonly from: string;
  readonly username: string;
  readonly password: string;
  /** How long to talk once answered, ms. */
  readonly talkMs: number;
  /** Called at each step for a person to read. */
  onStep(step: TestCallStep): void;
};

export type TestCallStep =
  | { readonly kind: "sent"; readonly what: string; readonly atMs: number }
  | { readonly kind: "received"; readonly status: number; readonly reason: string; readonly atMs: number }
  | { readonly kind: "audio"; readonly atMs: number; readonly packets: number };

export type TestCallReport = {
  readonly outcome: "answered" | "refused" | "timeout" | "failed";
  readonly status: number;
  readonly reason: string;
  readonly error: string | null;
  readonly callSid: string | null;
  readonly setupMs: number | null;
  readonly talkedMs: number | null;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly mos: number | null;
  readonly toneHz: number | null;
  readonly digits: string;
  readonly echoDelayMs: number | null;
};
