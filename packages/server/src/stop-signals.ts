/** Ctrl-C reaches every process of a terminal, and npm and `npm start` pass on theirs: signals this close together are one press. */
const ONE_PRESS_MS = 500;

export type Stops = {
  /** Asked to stop in order. */
  readonly gently: (signal: NodeJS.Signals) => void;
  /** Asked again. */
  readonly atOnce: () => void;
};

/** What follows from each SIGINT and SIGTERM: the first stops gently, a later one at once, and an echo of the first does nothing. */
export function stopSignals(stops: Stops, nowMs: () => number): (signal: NodeJS.Signals) => void {
  let firstAtMs: number | undefined;
  return (signal) => {
    const now = nowMs();
    if (firstAtMs === undefined) {
      firstAtMs = now;
      stops.gently(signal);
    } else if (now - firstAtMs >= ONE_PRESS_MS) stops.atOnce();
  };
}
