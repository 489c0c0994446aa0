import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { openStore } from "./open-store.ts";
import { callRow, newAccount, newTrunk } from "./rows.fixture.ts";
import { storeContract } from "./store.contract.ts";

const encryptionKey = new Uint8Array(32).fill(7);
const root = mkdtempSync(join(tmpdir(), "trunkline-store-test-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let directories = 0;
const newDirectory = (): string => join(root, `store-${++directories}`);

storeContract("PGlite in memory", () => openStore({ url: "pglite:memory", encryptionKey }));
storeContract("PGlite in a directory", () => openStore({ url: `pglite:${newDirectory()}`, encryptionKey }));

// Each opening starts an engine of its own, which takes seconds on a busy machine.
describe("openStore", { timeout: 60_000 }, () => {
  it.each(["", "pglite:", "sqlite:x", "data"])("refuses the address %j", async (url) => {
    await expect(openStore({ url, encryptionKey })).rejects.toMatchObject({ code: "STORE_BAD_URL" });
  });

  it("ACC-1: an account has as many subaccounts as the quota says; main accounts are not counted", async () => {
    const store = await openStore({ url: "pglite:memory", encryptionKey, quotas: { subaccountsPerAccount: 2 } });
    const parent = await newAccount(store);
    for (let n = 0; n < 3; n++) await newAccount(store, parent);
    expect((await store.accounts.list(parent, { limit: 10 })).rows).toHaveLength(2);
    for (let n = 0; n < 3; n++) await newAccount(store);
    expect((await store.accounts.list(null, { limit: 10 })).rows).toHaveLength(4);
    await store.close();
  });

  it("a directory has after closing and opening what it had before, made from a prepared one or from nothing", async () => {
    for (const usePrepared of [true, false]) {
      const url = `pglite:${newDirectory()}`;
      const first = await openStore({ url, encryptionKey, usePrepared });
      const accountSid = await newAccount(first);
      const trunkSid = await newTrunk(first, accountSid);
      await first.close();
      const second = await openStore({ url, encryptionKey });
      expect(await second.trunks.fetch(accountSid, trunkSid)).toMatchObject({ sid: trunkSid });
      expect(await second.accounts.authenticate(accountSid, `token of ${accountSid}`)).toBeDefined();
      await second.close();
    }
  });

  it("refuses another key than the one the store was made with, and takes the right one after that", async () => {
    const url = `pglite:${newDirectory()}`;
    await (await openStore({ url, encryptionKey })).close();
    const wrong = openStore({ url, encryptionKey: new Uint8Array(32).fill(8) });
    await expect(wrong).rejects.toMatchObject({ code: "STORE_WRONG_KEY" });
    await (await openStore({ url, encryptionKey })).close();
  });

  it("does not open a directory twice at once", async () => {
    const url = `pglite:${newDirectory()}`;
    const store = await openStore({ url, encryptionKey });
    await expect(openStore({ url, encryptionKey })).rejects.toMatchObject({ code: "STORE_IN_USE" });
    await store.ping();
    await store.close();
    await (await openStore({ url, encryptionKey })).close();
  });

  it("says that it is away once it is closed", async () => {
    const store = await openStore({ url: "pglite:memory", encryptionKey });
    await store.close();
    await expect(store.ping()).rejects.toThrow();
  });

  it("kill -9 in the middle of saving loses no acknowledged record, and the directory opens again (OPS-2)", async () => {
    const directory = newDirectory();
    const script = fileURLToPath(new URL("./saver.fixture.ts", import.meta.url));
    const child = spawn(process.execPath, [script, directory], { stdio: ["ignore", "pipe", "inherit"] });
    const acknowledged: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(...line.split(" "));
      if (acknowledged.length >= 400) break;
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(400);
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    expect(await exited).toEqual([null, "SIGKILL"]);
    expect(existsSync(`${directory}.lock`)).toBe(true);

    const store = await openStore({ url: `pglite:${directory}`, encryptionKey });
    const { accountSid } = callRow("AC00000000000000000000000000000001");
    const saved = new Set<string>();
    for (let after: string | null | undefined; after !== null; ) {
      const page = await store.calls.list({ accountSid }, after === undefined ? { limit: 500 } : { limit: 500, after });
      for (const { sid } of page.rows) saved.add(sid);
      after = page.next;
    }
    expect(acknowledged.filter((sid) => !saved.has(sid))).toEqual([]);
    await store.close();
  });
});
