import type { PageOf, PageRequest } from "@trunkline/store";
import { z } from "zod";
import { codeOf } from "./failure.ts";
import { coded, optional, readForm, text, wholeNumber } from "./form.ts";
import { invalid, Problem } from "./problem.ts";

const PAGE_SIZE_DEFAULT = 50;
const PAGE_SIZE_MAX = 1000;
/** How many rows `Page` may skip without a PageToken: one query's worth. Beyond it the server's own links are the way. */
const SKIP_MAX_ROWS = 1000;
const PAGE_SIZE_TOO_LARGE = 20007;
const PAGE_TOKEN_INVALID = 21481;

const pagingForm = {
  PageSize: optional(coded(PAGE_SIZE_TOO_LARGE, wholeNumber(1, PAGE_SIZE_MAX))),
  Page: optional(wholeNumber(0, 1_000_000_000)),
  PageToken: optional(coded(PAGE_TOKEN_INVALID, text(1024))),
};

/** One page as asked for. */
export type Paging = { readonly size: number; readonly index: number; readonly request: PageRequest };
/** One page as found. */
export type Page<T> = { readonly paging: Paging; readonly found: PageOf<T> };

/** Reads PageSize, Page and PageToken (contract §1.6). A token is `PA` or `PB` (after, before) and the store's cursor. */
export function readPaging(query: unknown): Paging | Problem {
  const reading = readForm(pagingForm, query);
  if (reading instanceof Problem) return reading;
  const { PageSize, Page: index = 0, PageToken: token } = reading.values;
  const size = PageSize ?? PAGE_SIZE_DEFAULT;
  if (token === undefined) return { size, index, request: { limit: size } };
  const cursor = token.slice(2);
  if (cursor !== "" && token.startsWith("PA")) return { size, index, request: { limit: size, after: cursor } };
  if (cursor !== "" && token.startsWith("PB")) return { size, index, request: { limit: size, before: cursor } };
  return badToken();
}

function badToken(): Problem {
  return invalid(
    "PageToken is not one this server gave. Follow the next page link of a list as it is.",
    PAGE_TOKEN_INVALID,
  );
}

/**
 * Runs one page of a list. `Page=n` without a token skips n pages from the start, as far as one query reaches.
 *
 * A cursor that the store cannot read is the client's mistake (21481), not ours.
 */
export async function fetchPage<T>(
  paging: Paging,
  list: (request: PageRequest) => Promise<PageOf<T>>,
): Promise<Page<T> | Problem> {
  const { size, index, request } = paging;
  try {
    if (index === 0 || request.after !== undefined || request.before !== undefined) {
      return { paging, found: await list(request) };
    }
    if (index * size > SKIP_MAX_ROWS) {
      return invalid(
        `Page ${index} needs a PageToken: without one, only the first ${SKIP_MAX_ROWS} rows can be skipped. Follow the next page links.`,
        PAGE_TOKEN_INVALID,
      );
    }
    const skipped = await list({ limit: index * size });
    if (skipped.next === null) return { paging, found: { rows: [], next: null, previous: null } };
    return { paging, found: await list({ limit: size, after: skipped.next }) };
  } catch (error) {
    if (codeOf(error) === "INVALID_CURSOR") return badToken();
    throw error;
  }
}

/** The query strings of a page's own, first, next and previous links; filters come first, as Twilio repeats them. */
type PageQueries = {
  readonly self: string;
  readonly first: string;
  readonly next: string | null;
  readonly previous: string | null;
};

function pageQueries(page: Page<unknown>, query: unknown): PageQueries {
  const { size, index, request } = page.paging;
  const { next, previous } = page.found;
  const filters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (Object.hasOwn(pagingForm, name)) continue;
    for (const each of [value].flat()) filters.append(name, String(each));
  }
  const at = (pageIndex: number, token: string | null): string => {
    const all = new URLSearchParams(filters);
    all.set("PageSize", String(size));
    all.set("Page", String(pageIndex));
    if (token !== null) all.set("PageToken", token);
    return `?${all}`;
  };
  const own =
    request.after !== undefined ? `PA${request.after}` : request.before !== undefined ? `PB${request.before}` : null;
  return {
    self: at(index, own),
    first: at(0, null),
    next: next === null ? null : at(index + 1, `PA${next}`),
    previous: previous === null ? null : at(Math.max(0, index - 1), `PB${previous}`),
  };
}

/** v1 envelope: `meta` and one array (contract §1.6). @param url absolute URL of the list without query */
export function metaPage(
  key: string,
  items: readonly unknown[],
  page: Page<unknown>,
  query: unknown,
  url: string,
): object {
  const links = pageQueries(page, query);
  const linked = (tail: string | null): string | null => (tail === null ? null : url + tail);
  const meta = {
    page: page.paging.index,
    page_size: page.paging.size,
    first_page_url: linked(links.first),
    previous_page_url: linked(links.previous),
    url: linked(links.self),
    next_page_url: linked(links.next),
    key,
  };
  return { meta, [key]: items };
}

/** What `metaPage` gives, for the OpenAPI document. */
export function listShape(key: string, item: z.ZodType): z.ZodType {
  const url = z.string();
  const meta = z.strictObject({
    page: z.int(),
    page_size: z.int(),
    first_page_url: url,
    previous_page_url: url.nullable(),
    url,
    next_page_url: url.nullable(),
    key: z.string(),
  });
  return z.strictObject({ meta, [key]: z.array(item) });
}

/** 2010-04-01 envelope: flat keys and one array. @param uri relative URI of the list with `.json` */
export function flatPage(
  key: string,
  items: readonly unknown[],
  page: Page<unknown>,
  query: unknown,
  uri: string,
): object {
  const links = pageQueries(page, query);
  const linked = (tail: string | null): string | null => (tail === null ? null : uri + tail);
  const start = page.paging.index * page.paging.size;
  return {
    [key]: items,
    first_page_uri: linked(links.first),
    next_page_uri: linked(links.next),
    previous_page_uri: linked(links.previous),
    uri: linked(links.self),
    page: page.paging.index,
    page_size: page.paging.size,
    start,
    end: Math.max(start, start + items.length - 1),
  };
}

/** One page of rows that are all at hand, in the order of a key that is unique and stays with its row; the cursor is the key. */
export function pageOfSorted<T>(rows: readonly T[], keyOf: (row: T) => string, request: PageRequest): PageOf<T> {
  const { limit, after, before } = request;
  const sorted = rows.map((row) => ({ key: keyOf(row), row })).sort((a, b) => (a.key < b.key ? -1 : 1));
  const behind = sorted.filter(
    ({ key }) => (after === undefined || key > after) && (before === undefined || key < before),
  );
  const chosen = before === undefined ? behind.slice(0, limit) : behind.slice(-limit);
  const first = chosen[0]?.key;
  const last = chosen.at(-1)?.key;
  return {
    rows: chosen.map(({ row }) => row),
    next: last !== undefined && sorted.some(({ key }) => key > last) ? last : null,
    previous: first !== undefined && sorted.some(({ key }) => key < first) ? first : null,
  };
}
