import type { Host, TimerHandle } from "@trunkline/sip";

/** A `Host` that can die as a process does at kill -9: its timers are gone, and nothing it still wanted to say is heard. */
export type MortalHost = Host & { readonly alive: boolean; kill(): void };

export function mortalHost(host: Host): MortalHost {
  const running = new Set<TimerHandle>();
  let alive = true;
  return {
    ...host,
    get alive() {
      return alive;
    },
    setTimer(afterMs, fire) {
      if (!alive) return undefined;
      const timer = host.setTimer(afterMs, () => {
        running.delete(timer);
        fire();
      });
      running.add(timer);
      return timer;
    },
    clearTimer(timer) {
      running.delete(timer);
      host.clearTimer(timer);
    },
    send(flow, wire) {
      if (alive) host.send(flow, wire);
    },
    kill() {
      alive = false;
      for (const timer of running) host.clearTimer(timer);
      running.clear();
    },
  };
}
