import { checkCidr, readIpAddress } from "../ip-address.ts";
import type { RowIndex } from "./row-index.ts";

/**
 * Rows by address block, most specific block first. One hash lookup per prefix length that occurs, so a lookup costs at most
 * 32 (IPv4) or 128 (IPv6) steps, usually one or two; an entry costs one map entry, where a bit trie would cost 32 nodes.
 */
export class PrefixTable<Row> implements RowIndex<Row> {
  readonly #rowsByBlock = new Map<string, Row[]>();
  /** Prefix lengths in use, longest first; lookups try no other. A short array, because there is a table per list. */
  readonly #lengths: number[] = [];
  /** How many blocks there are of each of those lengths. */
  readonly #counts: number[] = [];
  readonly #cidrOf: (row: Row) => string;

  /** @param cidrOf the row's block as `address/length`; a row whose block is not one matches nothing */
  constructor(cidrOf: (row: Row) => string) {
    this.#cidrOf = cidrOf;
  }

  get isEmpty(): boolean {
    return this.#rowsByBlock.size === 0;
  }

  add(row: Row): void {
    const block = readBlock(this.#cidrOf(row));
    if (!block) return;
    const key = blockKey(block.bytes, block.prefixLength);
    const rows = this.#rowsByBlock.get(key);
    if (rows) {
      rows.push(row);
      return;
    }
    this.#rowsByBlock.set(key, [row]);
    const at = this.#lengths.indexOf(block.prefixLength);
    if (at >= 0) {
      this.#counts[at] = (this.#counts[at] ?? 0) + 1;
      return;
    }
    const shorter = this.#lengths.findIndex((length) => length < block.prefixLength);
    const place = shorter < 0 ? this.#lengths.length : shorter;
    this.#lengths.splice(place, 0, block.prefixLength);
    this.#counts.splice(place, 0, 1);
  }

  remove(row: Row): void {
    const block = readBlock(this.#cidrOf(row));
    if (!block) return;
    const key = blockKey(block.bytes, block.prefixLength);
    const rows = this.#rowsByBlock.get(key);
    const at = rows?.indexOf(row) ?? -1;
    if (!rows || at < 0) return;
    rows.splice(at, 1);
    if (rows.length > 0) return;
    this.#rowsByBlock.delete(key);
    const place = this.#lengths.indexOf(block.prefixLength);
    const left = (this.#counts[place] ?? 1) - 1;
    this.#counts[place] = left;
    if (left > 0) return;
    this.#lengths.splice(place, 1);
    this.#counts.splice(place, 1);
  }

  /** What `choose` finds first, from the most specific block that contains the address to the least. */
  find(address: readonly number[], choose: (rows: readonly Row[]) => Row | undefined): Row | undefined {
    for (const length of this.#lengths) {
      if (length > address.length * 8) continue;
      const rows = this.#rowsByBlock.get(blockKey(address, length));
      const found = rows && choose(rows);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function readBlock(cidr: string): { readonly bytes: readonly number[]; readonly prefixLength: number } | undefined {
  const checked = checkCidr(cidr);
  const bytes = checked.kind === "ok" ? readIpAddress(checked.address) : undefined;
  return checked.kind === "ok" && bytes ? { bytes, prefixLength: checked.prefixLength } : undefined;
}

/** Family, length and the first `prefixLength` bits, one character per byte: equal for two addresses in the same block only. */
function blockKey(bytes: readonly number[], prefixLength: number): string {
  let key = String.fromCharCode(bytes.length, prefixLength);
  const whole = prefixLength >>> 3;
  for (let index = 0; index < whole; index++) key += String.fromCharCode(bytes[index] ?? 0);
  const rest = prefixLength & 7;
  return rest === 0 ? key : key + String.fromCharCode((bytes[whole] ?? 0) & (0xff00 >>> rest));
}
