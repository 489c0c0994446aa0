import { useMemo } from "react";
import { type Language, useLanguage } from "./language.tsx";

const LOCALES: Readonly<Record<Language, string>> = { en: "en-US", ja: "ja-JP" };

/** Dates, numbers and durations as the reader's language writes them; times are of the reader's own zone. */
export type Formats = {
  /** A date and time to the second, from ISO 8601, RFC 2822 or epoch milliseconds; an em dash for null. */
  readonly dateTime: (date: string | number | null) => string;
  readonly date: (date: string | number | null) => string;
  readonly time: (date: string | number | null) => string;
  readonly number: (value: number, digits?: number) => string;
  /** A share of 0 to 1. */
  readonly percent: (share: number | null) => string;
  /** Seconds as 1:02:03 or 2:03. */
  readonly duration: (seconds: number | null) => string;
  readonly money: (amount: number | string | null, currency: string) => string;
};

const NOTHING = "—";

function formatsOf(language: Language): Formats {
  const locale = LOCALES[language];
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: "medium" });
  const percent = new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 });
  const by = (format: Intl.DateTimeFormat) => (value: string | number | null) =>
    value === null ? NOTHING : format.format(new Date(value));
  return {
    dateTime: by(dateTime),
    date: by(date),
    time: by(time),
    number: (value, digits = 0) => new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value),
    percent: (share) => (share === null ? NOTHING : percent.format(share)),
    duration: (seconds) => (seconds === null ? NOTHING : clock(seconds)),
    money: (amount, currency) =>
      amount === null
        ? NOTHING
        : new Intl.NumberFormat(locale, { style: "currency", currency, maximumFractionDigits: 4 }).format(
            Number(amount),
          ),
  };
}

function clock(total: number): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = Math.round(total);
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

export function useFormats(): Formats {
  const { language } = useLanguage();
  return useMemo(() => formatsOf(language), [language]);
}
