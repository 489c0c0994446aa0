import type { NumberForm } from "../model.ts";

/** A number as a carrier wants it (CAR-1). What is not E.164, such as an emergency number, is left alone. */
export function writeNumber(number: string, form: NumberForm): string {
  if (!number.startsWith("+")) return number;
  const digits = number.slice(1);
  switch (form) {
    case "e164":
      return number;
    case "digits":
      return digits;
    case "double-zero":
      return `00${digits}`;
    case "north-american":
      return digits.startsWith("1") ? digits.slice(1) : `011${digits}`;
    default:
      return form satisfies never;
  }
}

/** The called number with the carrier's own prefix, which an emergency number never gets. */
export function writeCalledNumber(number: string, form: NumberForm, prefix: string): string {
  return number.startsWith("+") ? prefix + writeNumber(number, form) : number;
}
