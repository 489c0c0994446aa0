// node bench/lists/measure.ts postgresql|pglite <call records>: fills a store, measures pages of its lists, prints them as JSON.
import { openStore, type PageRequest, type Store } from "@trunkline/store";
import { fillPglite, fillPostgres } from "../../packages/store/src/bulk.fixture.ts";
import type { ListResult } from "../lists.ts";
import { ACCOUNT_SID, fillStatements, NEWEST_MS, TRUNK_SID } from "./fill.ts";

const engine = process.argv[2] === "pglite" ? "pglite" : "postgresql";
const rows = Number(process.argv[3]);
const encryptionKey = new Uint8Array(32).fill(7);
const DAY_MS = 86_400_000;
const REPETITIONS = 60;

type List = (page: PageRequest) => Promise<{ readonly rows: readonly unknown[]; readonly next: string | null }>;

async function main(): Promise<void> {
  const fill = engine === "pglite" ? fillPglite : fillPostgres;
  const place = await fill(fillStatements(rows), encryptionKey);
  try {
    const store = await openStore({ url: place.url, encryptionKey });
    const results: ListResult[] = [];
    for (const [list, run] of Object.entries(await lists(store))) results.push(await measured(list, run));
    await store.close();
    process.stdout.write(JSON.stringify(results));
  } finally {
    await place.remove();
  }
}

async function measured(list: string, run: () => Promise<number>): Promise<ListResult> {
  const found = await run();
  const times: number[] = [];
  for (let n = 0; n < REPETITIONS; n++) {
    const begunAt = performance.now();
    await run();
    times.push(performance.now() - begunAt);
  }
  times.sort((a, b) => a - b);
  const at = (part: number): number => times[Math.min(times.length - 1, Math.floor(part * times.length))] as number;
  return { engine, rows, list, found, p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function lists(store: Store): Promise<Readonly<Record<string, () => Promise<number>>>> {
  const accountSid = ACCOUNT_SID;
  const page =
    (list: List, request: PageRequest = { limit: 50 }) =>
    async (): Promise<number> =>
      (await list(request)).rows.length;
  const calls = (filter: Omit<Parameters<Store["calls"]["list"]>[0], "accountSid"> = {}): List => {
    return (request) => store.calls.list({ accountSid, ...filter }, request);
  };
  const numbers = (filter: Parameters<Store["phoneNumbers"]["list"]>[1] = {}): List => {
    return (request) => store.phoneNumbers.list(accountSid, filter, request);
  };
  const search = (more: object): List => {
    return (request) => store.inventory.search({ isoCountry: "US", type: "local", ...more }, request);
  };
  const startMs = NEWEST_MS - rows * 1_000;
  const middleMs = NEWEST_MS - rows * 500;
  // A cursor is a place in the whole list, wherever it was found.
  const oldest = await calls({ startedToMs: startMs + rows * 50 })({ limit: 1 });
  const deep = { limit: 50, after: oldest.next ?? "" };
  const deepNumbers = await cursorFarIn(store);
  return {
    "calls, first page": page(calls()),
    "calls, nine tenths in": page(calls(), deep),
    "calls, one day in the middle": page(calls({ startedFromMs: middleMs, startedToMs: middleMs + DAY_MS })),
    "calls to a number": page(calls({ to: "+442000000007" })),
    "calls from a number": page(calls({ from: "+12000000007" })),
    "calls of a number, either side": page(calls({ number: "+12000000007" })),
    "calls of a number that has none": page(calls({ number: "+19999999999" })),
    "calls that failed": page(calls({ status: "failed" })),
    "calls that failed, nine tenths in": page(calls({ status: "failed" }), deep),
    "calls in progress, none": page(calls({ status: "in-progress" })),
    "calls with an error code": page(calls({ errorCode: 32011 })),
    "calls with an error code that none has": page(calls({ errorCode: 32999 })),
    "calls over a trunk": page(calls({ trunkSid: TRUNK_SID })),
    "calls over a trunk, nine tenths in": page(calls({ trunkSid: TRUNK_SID }), deep),
    "calls over a trunk that has none": page(calls({ trunkSid: `TK${"9".repeat(32)}` })),
    "failed calls over a trunk on one day": page(
      calls({ trunkSid: TRUNK_SID, status: "failed", startedFromMs: middleMs, startedToMs: middleMs + DAY_MS }),
    ),
    "numbers, first page": page(numbers()),
    "numbers, nine tenths in": page(numbers(), { limit: 50, after: deepNumbers }),
    "numbers, a whole number": page(numbers({ phoneNumber: `+1${2_000_000_000 + rows / 10 - 1}` })),
    "numbers, four digits anywhere": page(numbers({ phoneNumber: String(rows / 10 - 1).slice(-4) })),
    "numbers, digits that none has": page(numbers({ phoneNumber: "99999999" })),
    "numbers by name": page(numbers({ friendlyName: `line ${rows / 10 - 1}` })),
    "numbers on sale, first page": page(search({})),
    "numbers on sale, five digits anywhere": page(search({ contains: "00049" })),
    "numbers on sale in a place": page(search({ locality: "City 7" })),
  };
}

/** A cursor near the end of the account's numbers. */
async function cursorFarIn(store: Store): Promise<string> {
  const found = await store.phoneNumbers.list(ACCOUNT_SID, {}, { limit: 1 });
  const [list] = JSON.parse(Buffer.from(found.next ?? "", "base64url").toString()) as [string, number];
  return Buffer.from(JSON.stringify([list, Math.floor((rows / 10) * 0.9)])).toString("base64url");
}

await main();
