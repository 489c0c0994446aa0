import { expect, it } from "vitest";
import type { CallerIdValidation } from "../caller-ids.types.ts";
import { callRow, newAccount, newNumber, newSid, phoneNumberRow } from "../rows.fixture.ts";
import type { Store } from "../store.ts";

/** Verified caller IDs, and the calls that verify them (NUM-4). */
export function callerIdContract(store: () => Store): void {
  listChecks(store);
  settlingChecks(store);
  limitChecks(store);
}

const HOOK = "https://example.com/verified";

function validation(accountSid: string, fields: Partial<CallerIdValidation> = {}): CallerIdValidation {
  return {
    callSid: newSid("CA"),
    callerIdSid: newSid("PN"),
    accountSid,
    e164: newNumber(),
    friendlyName: "Ada's desk",
    statusCallback: HOOK,
    statusCallbackMethod: "POST",
    deadlineMs: Date.now() + 60_000,
    ...fields,
  };
}

function listChecks(store: () => Store): void {
  it("NUM-4: caller IDs are found by their number and by their name, and are renamed", async () => {
    const accountSid = await newAccount(store());
    const rows = ["Desk", "Door"].map((friendlyName) => ({
      sid: newSid("PN"),
      accountSid,
      e164: newNumber(),
      friendlyName,
    }));
    for (const row of rows) await store().callerIds.create(row);
    const [desk, door] = rows;
    const found = async (filter: Parameters<Store["callerIds"]["list"]>[1]) =>
      (await store().callerIds.list(accountSid, filter, { limit: 10 })).rows.map(({ sid }) => sid);
    expect(await found({})).toEqual([desk?.sid, door?.sid]);
    expect(await found({ e164: door?.e164 ?? "" })).toEqual([door?.sid]);
    expect(await found({ friendlyName: "Desk" })).toEqual([desk?.sid]);
    expect(await found({ friendlyName: "desk" })).toEqual([]);
    await store().callerIds.update(accountSid, desk?.sid ?? "", { friendlyName: "Hall" });
    expect(await store().callerIds.fetch(accountSid, desk?.sid ?? "")).toMatchObject({ friendlyName: "Hall" });
  });
}

function settlingChecks(store: () => Store): void {
  const told = async (accountSid: string) => {
    const batches = await store().webhookQueues.claim({
      nowMs: Date.now() + 1_000,
      leaseMs: 0,
      queues: 1_000,
      perQueue: 1_000,
    });
    const mine = batches.find((batch) => batch.accountSid === accountSid && batch.kind === "caller-id");
    return mine?.deliveries.map(({ url, method, params }) => ({ url, method, params })) ?? [];
  };
  const begun = async (fields: Partial<CallerIdValidation> = {}) => {
    const row = validation(await newAccount(store()), fields);
    expect(await store().callerIdValidations.begin(row)).toEqual({ kind: "begun" });
    return row;
  };
  const callEnds = ({ accountSid, callSid }: CallerIdValidation) =>
    store().callRecordSink.save([callRow(accountSid, { sid: callSid, trunkSid: "", direction: "outbound-api" })]);
  const common = ({ accountSid, callSid, e164 }: CallerIdValidation) => ({
    AccountSid: accountSid,
    ApiVersion: "2010-04-01",
    CallSid: callSid,
    To: e164,
    Called: e164,
    Direction: "outbound-api",
  });

  it("NUM-4: the right code makes the caller ID and tells of it, once, and the end of the call changes nothing", async () => {
    const row = await begun();
    expect(await store().callerIdValidations.succeed(row.callSid)).toBe(true);
    expect(await store().callerIdValidations.succeed(row.callSid)).toBe(true);
    await callEnds(row);
    expect(await store().callerIds.fetch(row.accountSid, row.callerIdSid)).toMatchObject({
      e164: row.e164,
      friendlyName: "Ada's desk",
    });
    expect(await told(row.accountSid)).toEqual([
      {
        url: HOOK,
        method: "POST",
        params: { ...common(row), VerificationStatus: "success", OutgoingCallerIdSid: row.callerIdSid },
      },
    ]);
  });

  it("NUM-4, OPS-2: a call that ends without the code has failed, whatever ended it, and a late code does not count", async () => {
    const row = await begun({ statusCallbackMethod: "GET" });
    await callEnds(row);
    await callEnds(row);
    expect(await store().callerIdValidations.succeed(row.callSid)).toBe(false);
    expect(await store().callerIds.fetch(row.accountSid, row.callerIdSid)).toBeUndefined();
    expect(await told(row.accountSid)).toEqual([
      { url: HOOK, method: "GET", params: { ...common(row), VerificationStatus: "failed" } },
    ]);
  });

  it("NUM-4: a call that never began fails when its time is over", async () => {
    const row = await begun({ deadlineMs: 1_000 });
    const inTime = await begun();
    expect(await store().callerIdValidations.failOverdue(Date.now())).toBe(1);
    expect(await told(row.accountSid)).toHaveLength(1);
    expect(await store().callerIdValidations.succeed(inTime.callSid)).toBe(true);
  });

  it("NUM-4: nobody is told who did not ask for it, and a number that became a caller ID meanwhile stays one", async () => {
    const row = await begun({ statusCallback: null });
    const { accountSid, e164 } = row;
    const other = { sid: newSid("PN"), accountSid, e164, friendlyName: "by the operator" };
    await store().callerIds.create(other);
    expect(await store().callerIdValidations.succeed(row.callSid)).toBe(true);
    expect((await store().callerIds.list(accountSid, {}, { limit: 10 })).rows.map(({ sid }) => sid)).toEqual([
      other.sid,
    ]);
    expect(await told(accountSid)).toEqual([]);
  });
}

function limitChecks(store: () => Store): void {
  const begin = async (row: CallerIdValidation): Promise<string> => {
    const beginning = await store().callerIdValidations.begin(row);
    return beginning.kind === "begun" ? "begun" : beginning.why;
  };
  const ends = ({ accountSid, callSid }: CallerIdValidation) =>
    store().callRecordSink.save([callRow(accountSid, { sid: callSid, trunkSid: "", direction: "outbound-api" })]);

  it("NUM-4: a number that may be shown already is not called", async () => {
    const accountSid = await newAccount(store());
    const row = validation(accountSid);
    await store().callerIds.create({ sid: newSid("PN"), accountSid, e164: row.e164, friendlyName: "Desk" });
    expect(await begin(row)).toBe("verified");
    const number = phoneNumberRow(accountSid);
    await store().phoneNumbers.create(number as Parameters<Store["phoneNumbers"]["create"]>[0]);
    expect(await begin(validation(accountSid, { e164: number.e164 }))).toBe("owned");
  });

  it("NUM-4: of two that ask for one number at once, for whichever accounts, one is called", async () => {
    const first = validation(await newAccount(store()));
    const second = validation(await newAccount(store()), { e164: first.e164 });
    expect((await Promise.all([begin(first), begin(second)])).sort()).toEqual(["begun", "under-way"]);
  });

  it("NUM-4: a number rings five times an hour, whoever asks; calls that were not made do not count", async () => {
    const e164 = newNumber();
    for (let n = 0; n < 5; n++) {
      const row = validation(await newAccount(store()), { e164 });
      expect(await begin(row)).toBe("begun");
      await ends(row);
    }
    const sixth = validation(await newAccount(store()), { e164 });
    expect(await begin(sixth)).toBe("number-limit");
    const elsewhere = validation(sixth.accountSid);
    expect(await begin(elsewhere)).toBe("begun");
    await store().callerIdValidations.forget(elsewhere.callSid);
    expect(await begin({ ...elsewhere, callSid: newSid("CA") })).toBe("begun");
  });

  it("NUM-4: an account has three calls under way at most", async () => {
    const accountSid = await newAccount(store());
    for (let n = 0; n < 3; n++) expect(await begin(validation(accountSid))).toBe("begun");
    expect(await begin(validation(accountSid))).toBe("account-limit");
  });

  it("forgets what counts no more, and nothing that is pending", async () => {
    const pending = validation(await newAccount(store()));
    const over = validation(await newAccount(store()));
    await begin(pending);
    await begin(over);
    await ends(over);
    expect(await store().callerIdValidations.deleteOlderThan(Date.now() + 60_000)).toBeGreaterThan(0);
    expect(await store().callerIdValidations.succeed(pending.callSid)).toBe(true);
    expect(await store().callerIdValidations.succeed(over.callSid)).toBe(false);
  });
}
