import type { Ladder, LadderMessage } from "./ladder.types.ts";

/** Sizes of the drawing, in CSS pixels. */
export const TIME_WIDTH = 92;
const LANE_GAP = 230;
const SIDE = 70;
export const HEAD = 56;
export const ROW = 34;

type Lane = { readonly key: string; readonly x: number };

export type Arrow = {
  readonly message: LadderMessage;
  readonly fromX: number;
  readonly toX: number;
  readonly y: number;
};

export type Drawing = {
  readonly width: number;
  readonly height: number;
  /** Leg A's peer, the platform, then the peer of each attempt of leg B. */
  readonly lanes: readonly Lane[];
  readonly arrows: readonly Arrow[];
};

/** Where everything of a ladder stands: one lane for each peer with the platform between them, one row for each message. */
export function layOut({ legs, messages }: Pick<Ladder, "legs" | "messages">): Drawing {
  const callers = legs.filter((leg) => leg.leg === "a").map(keyOf);
  const called = legs.filter((leg) => leg.leg === "b").map(keyOf);
  const keys = [...callers, PLATFORM, ...called];
  const lanes = keys.map((key, index) => ({ key, x: TIME_WIDTH + SIDE + index * LANE_GAP }));
  const xOf = (key: string): number => lanes.find((lane) => lane.key === key)?.x ?? TIME_WIDTH;
  const platform = xOf(PLATFORM);
  const arrows = messages.map((message, index) => {
    const [peer, y] = [xOf(keyOf(message)), HEAD + (index + 0.7) * ROW];
    const isReceived = message.direction === "received";
    return { message, y, fromX: isReceived ? peer : platform, toX: isReceived ? platform : peer };
  });
  const last = lanes.at(-1)?.x ?? TIME_WIDTH;
  return { width: last + SIDE, height: HEAD + (messages.length + 0.5) * ROW, lanes, arrows };
}

export const PLATFORM = "platform";

export function keyOf({ leg, attempt }: { readonly leg: string; readonly attempt: number }): string {
  return `${leg}${attempt}`;
}

/** `INVITE` or `486 Busy Here`, with what else tells messages apart at a glance. */
export function labelOf({ method, status, reason, cseq, has_sdp }: LadderMessage): string {
  const [, asked = ""] = cseq.split(/\s+/);
  const word = status === null ? (method ?? "") : `${status} ${reason ?? ""}`.trim();
  const about = status !== null && asked !== "" && asked !== "INVITE" ? ` (${asked})` : "";
  return `${word}${about}${has_sdp ? " · SDP" : ""}`;
}

/** Always with milliseconds, so that times can be compared down the page. */
export function secondsOf({ at_ms }: LadderMessage): string {
  return `${(at_ms / 1_000).toFixed(3)} s`;
}
