import pino from "pino";
import type { LogLevel } from "./config/settings.ts";

export type Log = (level: "info" | "warn" | "error", event: string, fields?: Readonly<Record<string, unknown>>) => void;

/**
 * The log: JSON lines on stderr, one short readable line each on a terminal. `event` names what happened in a few fixed words, `fields`
 * say to whom; secrets never get here.
 */
export function openLog(level: LogLevel): Log {
  if (process.stderr.isTTY) return terminalLog(level);
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ fd: 2, sync: true }),
  );
  return (at, event, fields = {}) => logger[at](fields, event);
}

function terminalLog(level: LogLevel): Log {
  const order: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "silent"];
  return (at, event, fields = {}) => {
    if (order.indexOf(at) < order.indexOf(level)) return;
    const detail = Object.entries(fields).map(
      ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    process.stderr.write(
      `${new Date().toISOString().slice(11, 23)} ${at.padEnd(5)} ${event}${detail.length > 0 ? `  ${detail.join(" ")}` : ""}\n`,
    );
  };
}
