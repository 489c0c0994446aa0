import type { Usage } from "./categories.ts";

const MICROS = 1_000_000;

/** One of the three sides of usage, in millionths. */
export function amountMicros(usage: Usage, by: "count" | "usage" | "price"): number {
  switch (by) {
    case "count":
      return usage.count * MICROS;
    case "usage":
      return Math.round(usage.usage * MICROS);
    case "price":
      return usage.priceMicros;
    default:
      return by satisfies never;
  }
}

/** Millionths as decimal text without trailing zeros, e.g. `0.0085`, `12`. */
export function decimalOfMicros(micros: number): string {
  const whole = Math.trunc(Math.abs(micros) / MICROS);
  const rest = String(Math.abs(micros) % MICROS)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return `${micros < 0 ? "-" : ""}${whole}${rest === "" ? "" : `.${rest}`}`;
}
