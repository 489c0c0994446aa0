/** The surfaces of one origin: Twilio's products by their host label, and our own. */
export type Product = "api" | "trunking" | "trunkline";

/** What each product's paths begin with (contract §1.1; our own: interface §3). */
export const VERSION_PREFIX: Readonly<Record<Product, string>> = {
  api: "/2010-04-01",
  trunking: "/v1",
  trunkline: "/trunkline/v1",
};

/** First path segments below `/v1` that tell a product when the host does not (contract §7.2: no clash among these). */
const PRODUCT_BY_COLLECTION: Readonly<Record<string, Product>> = { Trunks: "trunking" };

/** Where a request is to be handled. Routes are mounted below `/~{product}`, a name no client can reach by itself. */
export type Place = { readonly product: Product; readonly path: string };

/**
 * Finds the product that a request is for: by Host (`trunking.{zone}`, `api.twilio.com`, edge and region labels ignored), else by
 * path, else by a leading product segment (`/trunking/v1/Trunks`); contract §7.2 points 1 to 3. Undefined: not the API's business.
 *
 * @param path the path without query
 */
export function findProduct(host: string, path: string, zone: string): Place | undefined {
  if (/^\/trunkline\/v1(\/|$)/.test(path)) return { product: "trunkline", path };
  if (/^\/2010-04-01(\/|$)/.test(path)) return { product: "api", path: withoutSuffix(path) };
  if (/^\/api\/2010-04-01(\/|$)/.test(path)) return { product: "api", path: withoutSuffix(path.slice("/api".length)) };
  if (/^\/trunking\/v1(\/|$)/.test(path)) return { product: "trunking", path: path.slice("/trunking".length) };
  const collection = /^\/v\d+\/([^/]+)/.exec(path)?.[1];
  if (collection === undefined) return undefined;
  const product = productOfHost(host, zone) ?? PRODUCT_BY_COLLECTION[collection];
  return product === undefined ? undefined : { product, path };
}

/** The product that a host's first label names, when the rest is the zone or twilio.com. */
function productOfHost(host: string, zone: string): Product | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const label = /^(api|trunking)\./.exec(name)?.[1];
  if (label === undefined) return undefined;
  const own = [zone.toLowerCase(), "twilio.com"].some((base) => name.endsWith(`.${base}`));
  return own ? (label as Product) : undefined;
}

/** 2010 paths choose the representation by suffix; JSON is the only one here, with or without it. */
function withoutSuffix(path: string): string {
  return path.replace(/\.json$/, "");
}
