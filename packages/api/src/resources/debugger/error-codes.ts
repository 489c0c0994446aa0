import { type ErrorCode, errorCodes, errorEntry, isErrorCode } from "@trunkline/trunking";
import { z } from "zod";
import { about, oneOf, optional } from "../../form.ts";
import { type Language, preferredLanguage } from "../../language.ts";
import { pageOfSorted } from "../../page.ts";
import { moreInfo } from "../../problem.ts";
import { type At, noParent, type Resource, routesOf } from "../../resource.ts";
import { accepts, type Context, type Route } from "../../route.ts";

const shape = z.strictObject({
  code: z.int(),
  level: z.enum(["error", "warning"]),
  language: z.enum(["en", "ja"]),
  title: z.string(),
  cause: z.string(),
  remedy: z.string(),
  /** The refusal on the wire; null for what refuses nothing. */
  sip_status: z.int().nullable(),
  sip_phrase: z.string().nullable(),
  /** What follows the code in `X-Twilio-Error`. */
  sip_text: z.string(),
  more_info: z.string(),
  url: z.string(),
});

const form = {
  Lang: optional(about("Language of the texts; default: as Accept-Language prefers.", oneOf("en", "ja"))),
};

/** A code, and the language it is asked for in. */
type Asked = { readonly code: ErrorCode; readonly language: Language };

const languageOf = (at: Context, asked: Language | undefined): Language =>
  asked ?? preferredLanguage(at.header("accept-language"));

const list: Resource<Asked, null> = {
  product: "trunkline",
  scope: "anyone",
  noun: "error code",
  path: "/ErrorCodes",
  key: "error_codes",
  parent: noParent,
  shape,
  view: viewErrorCode,
  list: accepts(form, async (at: At<null>, { Lang }) => {
    const rows = errorCodes().map((code) => ({ code, language: languageOf(at, Lang) }));
    return async (page) => pageOfSorted(rows, ({ code }) => String(code), page);
  }),
};

const one = accepts(form, async (at: Context, { Lang }) => {
  const code = /^\d{5}$/.test(at.param("code")) ? Number(at.param("code")) : 0;
  if (!isErrorCode(code)) return at.missing();
  return { status: 200 as const, body: viewErrorCode({ code, language: languageOf(at, Lang) }, at) };
});

/** `/trunkline/v1/ErrorCodes`: what a code of an alert or a refusal means, why it comes and what to do (EVD-4). */
export const errorCodeRoutes: readonly Route[] = [
  ...routesOf(list),
  {
    method: "GET",
    product: "trunkline",
    scope: "anyone",
    path: "/ErrorCodes/:code",
    summary: "Fetch: error code",
    form,
    success: { status: 200, schema: shape },
    run: (at) => one.run(at, at.query),
  },
];

function viewErrorCode({ code, language }: Asked, at: Context): z.infer<typeof shape> {
  const { level, title, cause, remedy, sip, text } = errorEntry(code);
  return {
    code,
    level,
    language,
    title: title[language],
    cause: cause[language],
    remedy: remedy[language],
    sip_status: sip?.status ?? null,
    sip_phrase: sip?.phrase ?? null,
    sip_text: text,
    more_info: moreInfo(code),
    url: at.links.absolute("trunkline", `/ErrorCodes/${code}`),
  };
}
