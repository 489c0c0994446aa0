import type { Conflict, Outcome, PageOf, PageRequest } from "@trunkline/store";
import type { z } from "zod";
import { fetchPage, flatPage, listShape, metaPage, type Page, readPaging } from "./page.ts";
import { Problem } from "./problem.ts";
import { type Product, VERSION_PREFIX } from "./product.ts";
import type { Answer, Context, Operation, Route } from "./route.ts";

/** A request for a resource below `parent`, which is known to exist and to belong to the account. */
export type At<Parent> = Context & { readonly parent: Parent };

type View<Row, Parent> = (row: Row, at: At<Parent>) => object | Promise<object>;
type Lister<Row> = (page: PageRequest) => Promise<PageOf<Row>>;

/** One resource, said once: its place, its JSON and what the five requests do. What is left out answers 405. */
export type Resource<Row, Parent> = {
  readonly product: Product;
  readonly scope?: Route["scope"];
  /** What one of them is called in the OpenAPI document, e.g. `origination URL`. */
  readonly noun: string;
  /** Path of the list below the version prefix, e.g. `/Trunks/:trunkSid/OriginationUrls`. */
  readonly path: string;
  /** Name of the array in a list. */
  readonly key: string;
  /** The row that everything hangs below; undefined: 404. */
  readonly parent: (at: Context) => Promise<Parent | undefined>;
  readonly view: View<Row, Parent>;
  /** What a list shows of each; default: `view`. */
  readonly viewListed?: View<Row, Parent>;
  /** What `view` gives; on our own surface, whose OpenAPI document is made from it. */
  readonly shape?: z.ZodType;
  /** Filters, giving the function that fetches one page. */
  readonly list?: Operation<At<Parent>, Lister<Row>>;
  readonly fetch?: (at: At<Parent>, sid: string) => Promise<Row | Problem | undefined>;
  readonly create?: Operation<At<Parent>, Row>;
  readonly update?: Operation<At<Parent> & { readonly row: Row }, Row>;
  /** Undefined when it is gone. */
  readonly remove?: (at: At<Parent>, row: Row) => Promise<Problem | undefined>;
};

/** For resources that hang directly on the account. */
export async function noParent(): Promise<null> {
  return null;
}

/** The routes of a resource: list and create on the collection; fetch, update and delete on the instance. */
export function routesOf<Row, Parent>(resource: Resource<Row, Parent>): readonly Route[] {
  const { product, path, scope = "account", list, create, update, remove, fetch, noun, key, shape } = resource;
  const collection = { product, scope, path };
  const instance = { product, scope, path: `${path}/:sid` };
  const one = (status: 200 | 201): Route["success"] => ({ status, ...(shape && { schema: shape }) });
  const many: Route["success"] = { status: 200, ...(shape && { schema: listShape(key, shape) }) };
  const routes: Route[] = [];
  if (list) {
    const run = (at: Context) => runList(resource, list, at);
    routes.push({
      ...collection,
      method: "GET",
      summary: `List: ${noun}`,
      form: list.form,
      success: many,
      paged: true,
      run,
    });
  }
  if (create) {
    const run = (at: Context) =>
      withParent(resource, at, async (below) => shown(resource, 201, below, await create.run(below, at.body)));
    routes.push({
      ...collection,
      method: "POST",
      summary: `Create: ${noun}`,
      form: create.form,
      success: one(201),
      run,
    });
  }
  if (fetch) {
    const run = (at: Context) => withRow(resource, fetch, at, (below) => shown(resource, 200, below, below.row));
    routes.push({ ...instance, method: "GET", summary: `Fetch: ${noun}`, form: {}, success: one(200), run });
  }
  if (fetch && update) {
    const run = (at: Context) =>
      withRow(resource, fetch, at, async (below) => shown(resource, 200, below, await update.run(below, at.body)));
    routes.push({ ...instance, method: "POST", summary: `Update: ${noun}`, form: update.form, success: one(200), run });
  }
  if (fetch && remove) {
    const run = (at: Context) =>
      withRow(resource, fetch, at, async (below): Promise<Answer | Problem> => {
        return (await remove(below, below.row)) ?? { status: 204, body: null };
      });
    routes.push({ ...instance, method: "DELETE", summary: `Delete: ${noun}`, form: {}, success: { status: 204 }, run });
  }
  return routes;
}

async function withParent<Row, Parent>(
  resource: Resource<Row, Parent>,
  at: Context,
  then: (below: At<Parent>) => Promise<Answer | Problem>,
): Promise<Answer | Problem> {
  const parent = await resource.parent(at);
  return parent === undefined ? at.missing() : then({ ...at, parent });
}

function withRow<Row, Parent>(
  resource: Resource<Row, Parent>,
  fetch: (at: At<Parent>, sid: string) => Promise<Row | Problem | undefined>,
  at: Context,
  then: (below: At<Parent> & { readonly row: Row }) => Promise<Answer | Problem>,
): Promise<Answer | Problem> {
  return withParent(resource, at, async (below) => {
    const row = await fetch(below, at.param("sid"));
    if (row instanceof Problem) return row;
    return row === undefined ? at.missing() : then({ ...below, row });
  });
}

async function shown<Row, Parent>(
  resource: Resource<Row, Parent>,
  status: 200 | 201,
  at: At<Parent>,
  result: Row | Problem,
): Promise<Answer | Problem> {
  return result instanceof Problem ? result : { status, body: await resource.view(result, at) };
}

async function runList<Row, Parent>(
  resource: Resource<Row, Parent>,
  list: Operation<At<Parent>, Lister<Row>>,
  at: Context,
): Promise<Answer | Problem> {
  return withParent(resource, at, async (below) => {
    const paging = readPaging(at.query);
    if (paging instanceof Problem) return paging;
    const lister = await list.run(below, at.query);
    if (lister instanceof Problem) return lister;
    const page = await fetchPage(paging, lister);
    if (page instanceof Problem) return page;
    const items = await Promise.all(page.found.rows.map((row) => (resource.viewListed ?? resource.view)(row, below)));
    return { status: 200, body: envelope(resource, at, items, page) };
  });
}

function envelope<Row, Parent>(
  resource: Resource<Row, Parent>,
  at: Context,
  items: readonly object[],
  page: Page<Row>,
): object {
  const { product, key } = resource;
  const path = resource.path.replace(/:(\w+)/g, (_whole, name: string) => encodeURIComponent(at.param(name)));
  if (product === "api") return flatPage(key, items, page, at.query, `${VERSION_PREFIX.api}${path}.json`);
  return metaPage(key, items, page, at.query, at.links.absolute(product, path));
}

/** What each conflict of the store means for one resource. */
export type Conflicts = { readonly [Which in Exclude<Conflict["which"], "limit">]?: Problem } & {
  /** @param most how many there can be */
  readonly limit?: (most: number) => Problem;
};

/** The row of a write, or the problem that it ran into. A row that vanished in between is a 404. */
export function settle<Row>(at: Context, outcome: Outcome<Row>, conflicts: Conflicts = {}): Row | Problem {
  if (outcome.kind === "ok") return outcome.row;
  if (outcome.kind === "not-found") return at.missing();
  const conflict = outcome.which === "limit" ? conflicts.limit?.(outcome.most) : conflicts[outcome.which];
  return conflict ?? new Problem(409, 20409, `The request conflicts with what is stored (${outcome.which}).`);
}

/** As `settle`, for a delete. */
export function settleRemoval(at: Context, outcome: Outcome<unknown>, conflicts: Conflicts = {}): Problem | undefined {
  const settled = settle(at, outcome, conflicts);
  return settled instanceof Problem ? settled : undefined;
}
