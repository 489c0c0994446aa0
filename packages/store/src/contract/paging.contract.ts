import { describe, expect, it } from "vitest";
import { InvalidCursor } from "../errors.ts";
import { callRow, newAccount, newTrunk } from "../rows.fixture.ts";
import type { PageRequest, Store } from "../store.ts";

export function pagingContract(store: () => Store): void {
  describe("paging by keyset", () => {
    walkChecks(store);
    cursorChecks(store);
  });
}

function walkChecks(store: () => Store): void {
  it("walks forwards and backwards over every row once, with null at both ends", async () => {
    const accountSid = await newAccount(store());
    const sids: string[] = [];
    for (let i = 0; i < 5; i++) sids.push(await newTrunk(store(), accountSid));
    const read = async (page: PageRequest) => {
      const { rows, next, previous } = await store().trunks.list(accountSid, page);
      return { sids: rows.map((row) => row.sid), next, previous };
    };
    const first = await read({ limit: 2 });
    expect(first).toMatchObject({ sids: sids.slice(0, 2), previous: null });
    const second = await read({ limit: 2, after: first.next ?? "" });
    expect(second.sids).toEqual(sids.slice(2, 4));
    const third = await read({ limit: 2, after: second.next ?? "" });
    expect(third).toMatchObject({ sids: sids.slice(4), next: null });
    expect((await read({ limit: 2, before: third.previous ?? "" })).sids).toEqual(sids.slice(2, 4));
    expect(await read({ limit: 2, before: second.previous ?? "" })).toMatchObject({
      sids: sids.slice(0, 2),
      previous: null,
    });
    expect(await read({ limit: 5 })).toMatchObject({ sids, next: null, previous: null });
  });

  it("neither repeats nor skips rows when others come and go between two pages", async () => {
    const accountSid = await newAccount(store());
    const sids: string[] = [];
    for (let i = 0; i < 4; i++) sids.push(await newTrunk(store(), accountSid));
    const first = await store().trunks.list(accountSid, { limit: 2 });
    await store().trunks.delete(accountSid, sids[0] ?? "");
    await store().trunks.delete(accountSid, sids[1] ?? "");
    const added = await newTrunk(store(), accountSid);
    const second = await store().trunks.list(accountSid, { limit: 10, after: first.next ?? "" });
    expect(second.rows.map((row) => row.sid)).toEqual([...sids.slice(2), added]);
  });

  it("calls come newest first, ties by SID", async () => {
    const accountSid = await newAccount(store());
    const records = [30, 10, 20, 20].map((second) =>
      callRow(accountSid, { createdAtMs: 1_795_000_000_000 + second * 1_000 + 7 }),
    );
    await store().callRecordSink.save(records);
    const sids: string[] = [];
    let after: string | null = null;
    do {
      const page: PageRequest = after === null ? { limit: 1 } : { limit: 1, after };
      const { rows, next } = await store().calls.list({ accountSid }, page);
      sids.push(...rows.map((row) => row.sid));
      after = next;
    } while (after !== null);
    expect(sids).toEqual([0, 3, 2, 1].map((index) => records[index]?.sid));
  });
}

function cursorChecks(store: () => Store): void {
  it.each([
    ["garbage", "x"],
    ["empty", ""],
    ["JSON that is no cursor", Buffer.from("{}").toString("base64url")],
    ["another list's", Buffer.from('["credentials",1]').toString("base64url")],
    ["a wrong type", Buffer.from('["trunks","1"]').toString("base64url")],
    ["too long", Buffer.from('["trunks",1,2]').toString("base64url")],
  ])("refuses a cursor it never gave: %s (21481)", async (_title, after) => {
    await expect(store().trunks.list("AC0", { limit: 1, after })).rejects.toBeInstanceOf(InvalidCursor);
    await expect(store().calls.list({ accountSid: "AC0" }, { limit: 1, before: after })).rejects.toBeInstanceOf(
      InvalidCursor,
    );
  });

  it("refuses a page that is both before and after", async () => {
    const accountSid = await newAccount(store());
    await newTrunk(store(), accountSid);
    await newTrunk(store(), accountSid);
    const { next } = await store().trunks.list(accountSid, { limit: 1 });
    const both = { limit: 1, after: next ?? "", before: next ?? "" };
    await expect(store().trunks.list(accountSid, both)).rejects.toBeInstanceOf(InvalidCursor);
  });
}
