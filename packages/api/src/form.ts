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

/** Text of 1 to `max` characters on any number of lines. */
export function long(max: number): Field<string> {
  const error = `must be text of 1 to ${max} characters`;
  return field(
    z
      .string({ error })
      .min(1, { error })
      .max(max, { error })
      .refine((given) => !given.includes("\0"), { error }),
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

/** A number from `min` to `max` with at most `places` digits after the point. */
export function decimal(min: number, max: number, places: number): Field<number> {
  const error = `must be a number from ${min} to ${max} with at most ${places} decimal places`;
  const read = (given: unknown): unknown =>
    typeof given === "string" && /^-?\d{1,15}(\.\d{1,15})?$/.test(given) ? Number(given) : given;
  const fits = (value: number): boolean => Number(value.toFixed(places)) === value;
  return field(z.preprocess(read, z.number({ error }).min(min, { error }).max(max, { error }).refine(fits, { error })));
}

/** Text of a form that a pattern describes; `what` completes "must be …". */
export function matching(pattern: RegExp, what: string): Field<string> {
  const error = `must be ${what}`;
  return field(z.string({ error }).regex(pattern, { error }));
}

/** Up to `most` texts of up to 512 characters each, as a repeated key or a JSON list; an empty one is none. */
export function texts(most: number): Field<readonly string[]> {
  const error = `must be up to ${most} texts of 1 to 512 characters: repeat the parameter for each`;
  const read = (given: unknown): unknown =>
    given === undefined ? given : [given].flat().filter((item) => item !== "");
  return field(z.preprocess(read, z.array(z.string({ error }).max(512, { error }), { error }).max(most, { error })));
}

/** Some of a few words in any case, as a repeated key, a JSON list or one value with commas; an empty one is none. */
export function someOf<const T extends string>(...words: readonly T[]): Field<readonly T[]> {
  const error = `must be some of ${words.join(", ")}, separated by commas`;
  const known = (item: unknown): unknown =>
    words.find((word) => typeof item === "string" && word.toLowerCase() === item.toLowerCase()) ?? item;
  const read = (given: unknown): unknown => {
    const items = given === undefined ? undefined : splitAtCommas(given);
    return items && [...new Set(items.map(known))];
  };
  return field(z.preprocess(read, z.array(z.enum(words, { error }), { error })));
}

/** Host names in lower case, as a repeated key, a JSON list or one value with commas; an empty one is none. */
export function hostNames(most: number): Field<readonly string[]> {
  const error = `must be up to ${most} host names such as pbx.example.com, separated by commas`;
  const label = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
  const name = new RegExp(`^(?=.{1,253}$)${label}(?:\\.${label})*$`);
  const read = (given: unknown): unknown => {
    const items = given === undefined ? undefined : splitAtCommas(given);
    return items && [...new Set(items.map((item) => (typeof item === "string" ? item.toLowerCase() : item)))];
  };
  return field(z.preprocess(read, z.array(z.string({ error }).regex(name, { error }), { error }).max(most, { error })));
}

/** The items of a repeated key, a JSON list or one value with commas; empty ones are left out. */
function splitAtCommas(given: unknown): readonly unknown[] {
  return [given]
    .flat()
    .flatMap((item): unknown => (typeof item === "string" ? item.split(",").map((part) => part.trim()) : item))
    .filter((item) => item !== "");
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

/** 1 to `most` objects: in a form their JSON text, in a JSON body the list itself. `example` completes "must be a JSON list such as …". */
export function jsonList<T>(item: z.ZodType<T>, most: number, example: string): Field<readonly T[]> {
  const list = z.array(item).min(1).max(most);
  const read = (given: unknown, context: z.RefinementCtx): readonly T[] => {
    const read = list.safeParse(typeof given === "string" ? parseJson(given) : given);
    if (read.success) return read.data;
    const { path, message } = read.error.issues[0] ?? { path: [], message: "" };
    const [index, ...names] = path;
    const where = index === undefined ? "" : ` (item ${Number(index) + 1}: ${[...names, message].join(": ")})`;
    context.addIssue({ code: "custom", message: `must be a JSON list of 1 to ${most} such as ${example}${where}` });
    return [];
  };
  return field(z.unknown().transform(read));
}

/** Undefined for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
