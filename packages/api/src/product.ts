/** The surfaces of one origin: Twilio's products by their host label, and our own. */
export type Product = TwilioProduct | "trunkline";
type TwilioProduct = "api" | HostProduct;
type HostProduct = "trunking" | "monitor" | "voice" | "accounts" | "iam" | "pricing" | "lookups" | "routes";

/** What each product's paths begin with (contract §1.1; our own: interface §3). */
export const VERSION_PREFIX: Readonly<Record<Product, string>> = {
  api: "/2010-04-01",
  trunking: "/v1",
  monitor: "/v1",
  voice: "/v1",
  accounts: "/v1",
  iam: "/v1",
  pricing: "/v2",
  lookups: "/v2",
  routes: "/v2",
  trunkline: "/trunkline/v1",
};

/**
 * Beginnings of paths that tell a product when the host does not (contract §7.2). One is of two products: what is looked up at
 * `/v2/PhoneNumbers` with GET is changed by Routes v2 with POST.
 */
const PRODUCT_BY_COLLECTION: Readonly<Record<string, HostProduct>> = {
  "v1/Trunks": "trunking",
  "v1/Alerts": "monitor",
  "v1/Events": "monitor",
  "v1/DialingPermissions": "voice",
  "v1/Settings": "voice",
  "v1/AuthTokens": "accounts",
  "v1/Credentials": "accounts",
  "v1/Keys": "iam",
  "v2/Trunking": "pricing",
  "v2/PhoneNumbers": "lookups",
  "POST v2/PhoneNumbers": "routes",
  "v2/SipDomains": "routes",
  "v2/Trunks": "routes",
};

const HOST_PRODUCTS: readonly string[] = [...new Set(Object.values(PRODUCT_BY_COLLECTION))];

/** `/trunking/v1/…`: the product as the first segment of a path, for clients with one host for all. */
const PRODUCT_SEGMENT = new RegExp(`^/(${HOST_PRODUCTS.join("|")})(?=/v[12](/|$))`);
/** `trunking.example.com`: the product as the first label of a host. */
const HOST_LABEL = new RegExp(`^(api|${HOST_PRODUCTS.join("|")})(?=\\.)`);

/** Where a request is to be handled. Routes are mounted below `/~{product}`, a name no client can reach by itself. */
export type Place = { readonly product: Product; readonly path: string };

/**
 * Finds the product that a request is for: by Host (`trunking.{zone}`, `api.twilio.com`, edge and region labels ignored), else by
 * path, else by a leading product segment (`/trunking/v1/Trunks`); contract §7.2 points 1 to 3. Undefined: not the API's business.
 *
 * @param path the path without query
 * @param method of the request: the same path may be of two products
 */
export function findProduct(host: string, path: string, zone: string, method = "GET"): Place | undefined {
  if (/^\/trunkline\/v1(\/|$)/.test(path)) return { product: "trunkline", path };
  if (/^\/2010-04-01(\/|$)/.test(path)) return { product: "api", path: representation(path) };
  if (/^\/api\/2010-04-01(\/|$)/.test(path)) return { product: "api", path: representation(path.slice("/api".length)) };
  const segment = PRODUCT_SEGMENT.exec(path)?.[1];
  if (segment !== undefined) return { product: segment as HostProduct, path: path.slice(segment.length + 1) };
  const collection = /^\/(v\d+\/[^/]+)/.exec(path)?.[1];
  if (collection === undefined) return undefined;
  const product =
    productOfHost(host, zone) ?? PRODUCT_BY_COLLECTION[`${method} ${collection}`] ?? PRODUCT_BY_COLLECTION[collection];
  return product === undefined ? undefined : { product, path };
}

/** The product that a host's first label names, when the rest is the zone or twilio.com. */
function productOfHost(host: string, zone: string): Product | undefined {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  const label = HOST_LABEL.exec(name)?.[1];
  if (label === undefined) return undefined;
  const own = [zone.toLowerCase(), "twilio.com"].some((base) => name.endsWith(`.${base}`));
  return own ? (label as TwilioProduct) : undefined;
}

/** The host with another product's label in place of the one it has; as it is when it has none, or for our own surface, which is everywhere. */
export function hostOfProduct(host: string, product: Product): string {
  return product === "trunkline" ? host : host.replace(HOST_LABEL, product);
}

/** Whether the client wrote the product into the path. @param path as the client wrote it */
export function namesProduct(path: string): boolean {
  return path.startsWith("/api/") || PRODUCT_SEGMENT.test(path);
}

/** The path without the version prefix of the v1 hosts: how Twilio words a 404 (contract §5.1). */
export function withoutVersion(path: string): string {
  return path.replace(PRODUCT_SEGMENT, "").replace(/^(\/trunkline)?\/v\d+(?=\/)/, "");
}

/** A recording, not its JSON. */
const RECORDING = /^\/2010-04-01\/Accounts\/[^/]+\/Recordings\/[^/.]+$/;

/** 2010 paths choose the representation by suffix. JSON is what there is, with or without it; but a recording without one is its sound. */
function representation(path: string): string {
  return RECORDING.test(path) ? `${path}.wav` : path.replace(/\.json$/, "");
}
