import type { FastifyRequest } from "fastify";
import { hostOfProduct, namesProduct, type Product, VERSION_PREFIX } from "./product.ts";

/**
 * Makes the links of one answer. Absolute ones echo the scheme, host and product prefix that the client used (contract §7.2);
 * 2010-04-01 ones are relative.
 */
export class Links {
  readonly #scheme: string;
  readonly #host: string;
  readonly #prefixed: boolean;

  constructor(request: FastifyRequest) {
    this.#scheme = request.protocol;
    this.#host = request.host;
    this.#prefixed = namesProduct(request.originalUrl);
  }

  /** Absolute URL of a path below a product's version prefix; another product's host label replaces ours where we have one. */
  absolute(product: Product, path: string): string {
    const host = hostOfProduct(this.#host, product);
    const prefix = this.#prefixed && product !== "trunkline" ? `/${product}` : "";
    return `${this.#scheme}://${host}${prefix}${VERSION_PREFIX[product]}${path}`;
  }

  /** `uri` of a 2010-04-01 resource, with `.json`. */
  relative(path: string): string {
    return `${VERSION_PREFIX.api}${path}.json`;
  }
}
