import { checkAddedHeader, checkCidr, checkRemovedHeader } from "@trunkline/trunking";
import { z } from "zod";
import type { SecretReference, Value } from "./item.ts";

/** A row of the API's JSON. */
export type Row = Readonly<Record<string, unknown>>;

/** One field of a kind: how it stands in the file and in the API. */
export type Field = {
  /** Reads what the file says, in the form that the API would give back, so that saying the same differently is no change. */
  readonly schema: z.ZodType<Value>;
  /** What holds where the file says nothing; undefined: the file has to say it. */
  readonly fallback: Value | undefined;
  /** The API's parameter. */
  readonly parameter: string;
  /** From the API's JSON. */
  readonly read: (row: Row) => Value;
  /** What the API is sent, where it is not the value itself. @param name of the thing */
  readonly write?: (value: Value, name: string) => unknown;
  /** Which of the kind's resources has it; default: the kind's own. */
  readonly facet?: "settings" | "recording";
  /** Never shown by the API: known only while it is being set. */
  readonly secret?: boolean;
  /** Set at creation, once for ever. */
  readonly fixed?: boolean;
  /** Sent at creation even where it is the default, because the API's own default is another. */
  readonly explicit?: boolean;
  /** Holds the name of a trunk, for which the API wants the SID. */
  readonly trunk?: boolean;
  /** A whole domain name in the API, of which the file has the part before `.pstn.`. */
  readonly domain?: boolean;
};

type Options = Partial<Omit<Field, "schema" | "parameter" | "read">> & { readonly read?: Field["read"] };

/** `max_cps` of the JSON is `MaxCps` of a form. */
function property(parameter: string): string {
  return parameter.replace(/(?<=.)([A-Z])/g, "_$1").toLowerCase();
}

function field(parameter: string, schema: z.ZodType<Value>, options: Options): Field {
  const name = property(parameter);
  const { fallback } = options;
  // Twilio writes some settings that are not set as empty texts.
  const read = (row: Row): Value =>
    (row[name] === "" ? undefined : (row[name] as Value | undefined)) ?? fallback ?? null;
  return { schema, parameter, read, fallback, ...options };
}

/** Text on one line; what it has to be beyond that is the API's to say. */
const line = z
  .string({ error: "must be text; put numbers and words such as true in quotes" })
  .min(1, { error: "must not be empty; leave it out instead" })
  .max(2_048, { error: "must have at most 2048 characters" })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being refused.
  .refine((given) => !/[\u0000-\u001f\u007f]/.test(given), { error: "must be on one line" });

/** Text, which may be missing unless a fallback of undefined says otherwise. */
export const text = (parameter: string, options: Options = { fallback: null }): Field =>
  field(parameter, line, options);

export const flag = (parameter: string, fallback: boolean, options: Options = {}): Field =>
  field(parameter, z.boolean({ error: "must be true or false" }), { fallback, ...options });

export const number = (parameter: string, fallback: number | null | undefined, options: Options = {}): Field =>
  field(parameter, z.number({ error: "must be a number" }), { fallback, ...options });

export const word = (parameter: string, words: readonly [string, ...string[]], options: Options = {}): Field =>
  field(parameter, z.enum(words, { error: `must be one of ${words.join(", ")}` }), {
    fallback: words[0],
    ...options,
  });

/** Words of a list in the case that the API writes them in. */
export const known = (parameter: string, all: readonly string[] | "lower", options: Options): Field => {
  const schema = z.array(line, { error: "must be a list of words" }).transform((given) => {
    const written = given.map((one) => {
      const lower = one.toLowerCase();
      return all === "lower" ? lower : (all.find((word) => word.toLowerCase() === lower) ?? one);
    });
    return written.length === 0 && options.fallback === null ? null : [...new Set(written)];
  });
  return field(parameter, schema, options);
};

/** SIP statuses, sorted as the API sorts them. */
export const statuses = (parameter: string, options: Options = { fallback: null }): Field => {
  const error = "must be a list of SIP statuses from 300 to 699";
  const schema = z
    .array(z.int({ error }).min(300, { error }).max(699, { error }), { error })
    .transform((given) => [...new Set(given)].sort((a, b) => a - b));
  return field(parameter, schema, options);
};

/** The part of a trunk's domain before `.pstn.`: it is the same on every installation. */
export const domain = (parameter: string): Field => {
  const schema = line
    .transform((given) => given.toLowerCase())
    .refine((given) => /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})?$/.test(given), {
      error: "must be the part of the domain name before .pstn., such as my-office",
    });
  const read = (row: Row): Value => domainLabel(row["domain_name"]);
  return field(parameter, schema, { fallback: null, domain: true, read });
};

export function domainLabel(name: unknown): string | null {
  return typeof name === "string" && name !== "" ? name.replace(/\.pstn\..+$/, "") : null;
}

/** An address or block. @see checkCidr */
export const block = (parameter: string): Field => {
  const schema = line.transform((given, context): string => {
    const checked = checkCidr(given);
    if (checked.kind === "ok") return checked.cidr;
    context.addIssue({ code: "custom", message: checked.why });
    return given;
  });
  const read = ({ ip_address: address, cidr_prefix_length: length }: Row): Value => {
    const checked = checkCidr(String(address), typeof length === "number" ? length : undefined);
    return checked.kind === "ok" ? checked.cidr : String(address);
  };
  return field(parameter, schema, { fallback: undefined, read });
};

/** Header lines as the API keeps them: `Name: value`, or names alone. */
export const headers = (parameter: string, of: "lines" | "names"): Field => {
  const schema = z.array(line, { error: "must be a list of texts" }).transform((given, context) => {
    const kept = given.map((one) => {
      const checked = of === "lines" ? checkAddedHeader(one) : checkRemovedHeader(one);
      if (checked.kind === "ok") return "value" in checked ? `${checked.name}: ${checked.value}` : checked.name;
      context.addIssue({ code: "custom", message: checked.why });
      return one;
    });
    return [...new Set(kept)];
  });
  return field(parameter, schema, { fallback: [] });
};

/** `${NAME}` or `file:path`. The secret itself is refused, and never repeated. */
export const secret = (parameter: string): Field => {
  const schema = z.string({ error: SECRET_FORM }).transform((given, context): SecretReference | null => {
    const reference = readReference(given);
    if (reference === undefined) context.addIssue({ code: "custom", message: SECRET_FORM });
    return reference ?? null;
  });
  return field(parameter, schema, { fallback: null, secret: true, read: () => null });
};

const SECRET_FORM =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what has to be written.
  "must say where the secret is, not what it is: ${NAME} for the environment variable NAME, or file:path";

function readReference(given: string): SecretReference | undefined {
  const [, variable, path] = /^(?:\$\{([A-Za-z_][A-Za-z0-9_]{0,255})\}|file:(.{1,1024}))$/.exec(given) ?? [];
  if (variable !== undefined) return { from: "environment", name: variable };
  return path === undefined ? undefined : { from: "file", name: path };
}

export function writeReference({ from, name }: SecretReference): string {
  return from === "file" ? `file:${name}` : `\${${name}}`;
}
