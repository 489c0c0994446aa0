import { isSid } from "@trunkline/trunking";
import { z } from "zod";
import { type DateSpan, readDateSpan } from "./dates.ts";
import { invalid, type Problem } from "./problem.ts";

/**
 * One parameter of a request. Its schema reads what a form can carry (text, or a list when the key is repeated) and what a JSON body
 * carries (booleans and numbers as such); its messages complete the sentence "Weight …".
 */
export type Field<T> = {
  readonly schema: z.ZodType<T>;
  /** Twilio's code for a bad value (contract §5.2). */
  readonly code: number;
  /** Never repeated in a message. */
  readonly secret: boolean;
  /** One sentence for the OpenAPI document. */
  readonly about: string;
};
export type Form = Readonly<Record<string, Field<unknown>>>;
export type FormValues<F extends Form> = { readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never };

/** Parameters that every list takes; never reported as unknown. */
const PAGING_PARAMETERS: ReadonlySet<string> = new Set(["PageSize", "Page", "PageToken"]);

const PARAMETER_INVALID = 20422;

function field<T>(schema: z.ZodType<T>): Field<T> {
  return { schema, code: PARAMETER_INVALID, secret: false, about: "" };
}

/** The same parameter, free to be left out. */
export function optional<T>(of: Field<T>): Field<T | undefined> {
  return { ...of, schema: of.schema.optional() };
}

/** The same parameter, where an empty value means "none" (how a form clears a setting). */
export function clearable<T>(of: Field<T>): Field<T | null | undefined> {
  return { ...of, schema: z.preprocess((given) => (given === "" ? null : given), of.schema.nullable().optional()) };
}

/** The same parameter with the code that the contract gives for a bad value of it. */
export function coded<T>(code: number, of: Field<T>): Field<T> {
  return { ...of, code };
}

/** The same parameter; its value never appears in a message. */
export function secret<T>(of: Field<T>): Field<T> {
  return { ...of, secret: true };
}

/** The same parameter with a sentence for the OpenAPI document. */
export function about<T>(sentence: string, of: Field<T>): Field<T> {
  return { ...of, about: sentence };
}

/** Text of 1 to `max` characters on one line; counted in Unicode code points. */
export function text(max: number): Field<string> {
  const error = `must be text of 1 to ${max} characters without control characters`;
  return field(
    z
      .string({ error })
      .min(1, { error })
      .refine((given) => [...given].length <= max, { error })
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being refused.
      .refine((given) => !/[\u0000-\u001f\u007f]/.test(given), { error }),
  );
}

/** Any text of at most 1,024 characters, the empty one included; for filters. The store cannot hold the character NUL. */
export function anyText(): Field<string> {
  const error = "must be text of at most 1024 characters, given once";
  return field(z.string({ error }).refine((given) => given.length <= 1024 && !given.includes("\0"), { error }));
}

export function flag(): Field<boolean> {
  const words: Readonly<Record<string, boolean>> = { true: true, false: false };
  const read = (given: unknown): unknown => (typeof given === "string" ? (words[given.toLowerCase()] ?? given) : given);
  return field(z.preprocess(read, z.boolean({ error: "must be true or false" })));
}

/** A whole number from `min` to `max`, both inclusive. */
export function wholeNumber(min: number, max: number): Field<number> {
  const error = `must be a whole number from ${min} to ${max}`;
  const read = (given: unknown): unknown =>
    typeof given === "string" && /^-?\d{1,15}$/.test(given) ? Number(given) : given;
  return field(z.preprocess(read, z.int({ error }).min(min, { error }).max(max, { error })));
}

export function oneOf<const T extends string>(...words: readonly T[]): Field<T> {
  return field(z.enum(words, { error: `must be one of ${words.join(", ")}` }));
}

/** An absolute `http:` or `https:` URL of at most 2,048 characters. */
export function webUrl(): Field<string> {
  const error = "must be an absolute http:// or https:// URL";
  return field(
    z
      .string({ error })
      .max(2048, { error: "must be a URL of at most 2048 characters" })
      .refine((given) => URL.canParse(given) && /^https?:\/\/[^\s]+$/i.test(given), { error }),
  );
}

export function httpMethod(): Field<"GET" | "POST"> {
  return oneOf("GET", "POST");
}

/** A SID with one of the prefixes: two letters and 32 hexadecimal digits. */
export function sid(prefix: string): Field<string> {
  const error = `must be a SID: ${prefix} and 32 hexadecimal digits`;
  return field(
    z
      .string({ error })
      .refine((given) => isSid(given) && given.startsWith(prefix), { error })
      .transform((given) => prefix + given.slice(2).toLowerCase()),
  );
}

/** A day (`YYYY-MM-DD`) or an ISO 8601 date-time. */
export function date(): Field<DateSpan> {
  const error = "must be a date (YYYY-MM-DD) or an ISO 8601 date-time such as 2026-01-31T09:30:00Z";
  return field(
    z.string({ error }).transform((given, context): DateSpan => {
      const span = readDateSpan(given);
      if (span === undefined) context.addIssue({ code: "custom", message: error });
      return span ?? { fromMs: 0, untilMs: 0 };
    }),
  );
}

/**
 * An object with named parts, each with a default: in a form its JSON text, in a JSON body the object itself. Plain text means the part
 * `main` alone, so that the usual case needs no JSON.
 */
export function structured<T>(parts: z.ZodType<T>, main: string): Field<T> {
  const read = (given: unknown): unknown => {
    if (given === undefined) return {};
    if (typeof given !== "string") return given;
    try {
      const parsed: unknown = JSON.parse(given);
      if (typeof parsed === "object" && parsed !== null) return parsed;
    } catch {
      // Not JSON: it is the main part.
    }
    return { [main]: given };
  };
  return field(z.preprocess(read, parts));
}

/** Whole numbers, as a repeated key, a JSON list or one value with commas. */
export function wholeNumbers(min: number, max: number, most: number): Field<readonly number[]> {
  const error = `must be up to ${most} whole numbers from ${min} to ${max}, separated by commas`;
  const read = (given: unknown): unknown =>
    [given]
      .flat()
      .flatMap((item) => (typeof item === "string" ? item.split(",") : [item]))
      .map((item) => (typeof item === "string" && /^\s*\d{1,9}\s*$/.test(item) ? Number(item) : item));
  return field(
    z.preprocess(read, z.array(z.int({ error }).min(min, { error }).max(max, { error })).max(most, { error })),
  );
}

/** What a request carried: values that all fit, and the names that no one knows (warning 20001: accepted, and said). */
export type Reading<F extends Form> = { readonly values: FormValues<F>; readonly unknown: readonly string[] };

/**
 * Reads parameters by a form. Bad values give one Problem whose message names each of them; its code is that of the first.
 *
 * @param raw a parsed form, query or JSON body; anything that is not an object is refused
 */
export function readForm<F extends Form>(form: F, raw: unknown): Reading<F> | Problem {
  const given = raw ?? {};
  if (typeof given !== "object" || Array.isArray(given)) {
    return invalid("The body must hold named parameters: a form, or a JSON object.");
  }
  const parameters = new Map<string, unknown>(Object.entries(given));
  const values: Record<string, unknown> = {};
  const wrong: { readonly code: number; readonly sentence: string }[] = [];
  for (const [name, of] of Object.entries(form)) {
    const value = parameters.get(name);
    const read = of.schema.safeParse(value);
    if (read.success) values[name] = read.data;
    else
      wrong.push({
        code: of.code,
        sentence: complaint(name, of, value, read.error.issues[0]?.message ?? "is not valid"),
      });
  }
  const [first] = wrong;
  if (first) return invalid(wrong.map((each) => each.sentence).join(" "), first.code);
  const unknown = [...parameters.keys()].filter((name) => !Object.hasOwn(form, name) && !PAGING_PARAMETERS.has(name));
  return { values: values as FormValues<F>, unknown };
}

function complaint(name: string, of: Field<unknown>, value: unknown, message: string): string {
  if (value === undefined) return `Missing required parameter ${name}: it ${message}.`;
  if (of.secret) return `${name} ${message}.`;
  const shown = JSON.stringify(value) ?? "";
  return `${name} ${message}, not ${shown.length > 80 ? `${shown.slice(0, 80)}…` : shown}.`;
}

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that were given: what an update writes. */
export function given<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
