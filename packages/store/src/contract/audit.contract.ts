import { describe, expect, it } from "vitest";
import { type Actor, actingAs } from "../audit/actor.ts";
import type { AuditEvent } from "../audit.types.ts";
import {
  newAccount,
  newNumber,
  newSid,
  newTrunk,
  originationUrlRow,
  phoneNumberRow,
  trunkRow,
} from "../rows.fixture.ts";
import type { Store } from "../store.ts";

const ALL = { limit: 1_000 };
const WHO: Actor = { type: "user", sid: `US${"1".repeat(32)}`, source: "web", ip: "192.0.2.7", requestId: "RQ1" };

/** Who changed what, when and from where (ACC-4). */
export function auditContract(store: () => Store): void {
  describe("ACC-4: audit events", () => {
    changeChecks(store);
    groupingChecks(store);
    secretChecks(store);
    readingChecks(store);
    noteChecks(store);
  });
}

/** What the audit says of a resource, oldest first: `type field: before -> after, …`. */
async function told(store: Store, resourceKey: string): Promise<readonly string[]> {
  const { rows } = await store.audit.list({ resourceKey }, ALL);
  return rows.map(sentence).reverse();
}

function sentence({ eventType, changes }: AuditEvent): string {
  const fields = Object.entries(changes)
    .map(([field, { previous, updated }]) => `${field}: ${JSON.stringify(previous)} -> ${JSON.stringify(updated)}`)
    .sort();
  return `${eventType} ${fields.join(", ")}`;
}

function changeChecks(store: () => Store): void {
  it("tells who created, changed and deleted a resource, from where, and what was there before", async () => {
    const accountSid = await newAccount(store());
    const row = trunkRow(accountSid, { friendlyName: "Office" });
    const before = Date.now();
    await actingAs(WHO, () => store().trunks.create(row));
    await actingAs({ ...WHO, type: "key", sid: "SK1", source: "api" }, () =>
      store().trunks.update(accountSid, row.sid, { friendlyName: "Plant", secure: true }),
    );
    await store().trunks.delete(accountSid, row.sid);
    const { rows } = await store().audit.list({ accountSid, resourceKey: row.sid }, ALL);
    expect(
      rows.map(({ eventType, actorType, actorSid, source, sourceIp, requestId }) => [
        eventType,
        actorType,
        actorSid,
        source,
        sourceIp,
        requestId,
      ]),
    ).toEqual([
      ["trunk.deleted", "system", null, "twilio", null, null],
      ["trunk.updated", "key", "SK1", "api", "192.0.2.7", "RQ1"],
      ["trunk.created", "user", WHO.sid, "web", "192.0.2.7", "RQ1"],
    ]);
    expect(rows[1]).toEqual({
      sid: expect.stringMatching(/^AE[0-9a-f]{32}$/),
      atMs: expect.any(Number),
      accountSid,
      eventType: "trunk.updated",
      resourceType: "trunk",
      resourceKey: row.sid,
      parentKey: accountSid,
      actorType: "key",
      actorSid: "SK1",
      source: "api",
      sourceIp: "192.0.2.7",
      requestId: "RQ1",
      changes: {
        friendly_name: { previous: "Office", updated: "Plant" },
        secure: { previous: false, updated: true },
      },
    });
    expect(Math.abs((rows[2]?.atMs ?? 0) - before)).toBeLessThan(60_000);
    expect(rows[0]?.changes).toMatchObject({ friendly_name: { previous: "Plant", updated: null } });
    expect(rows[2]?.changes).toMatchObject({ friendly_name: { previous: null, updated: "Office" } });
  });

  it("tells nothing of a write that changed nothing, and of one that was refused", async () => {
    const accountSid = await newAccount(store());
    const name = `${newSid("x")}.pstn.example`;
    const trunkSid = await newTrunk(store(), accountSid, { friendlyName: "A" });
    await newTrunk(store(), accountSid, { domainName: name });
    await store().trunks.update(accountSid, trunkSid, { friendlyName: "A" });
    expect(await store().trunks.update(accountSid, trunkSid, { friendlyName: "B", domainName: name })).toMatchObject({
      kind: "conflict",
    });
    expect((await told(store(), trunkSid)).map((text) => text.split(" ")[0])).toEqual(["trunk.created"]);
  });

  it("names what a resource is a part of", async () => {
    const accountSid = await newAccount(store());
    const row = { sid: newSid("CL"), accountSid, friendlyName: "users" };
    await store().credentialLists.create(row);
    await store().credentials.create({
      sid: newSid("CR"),
      listSid: row.sid,
      username: "pbx",
      ha1Md5: "m",
      ha1Sha256: "s",
    });
    const { rows } = await store().audit.list({ accountSid, eventType: "sip-credential.created" }, ALL);
    expect(rows).toMatchObject([{ parentKey: row.sid }]);
  });
}

function groupingChecks(store: () => Store): void {
  it("tells what one write changes of a resource in one event, whatever tables it is kept in", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    await store().trunks.update(
      accountSid,
      trunkSid,
      { symmetricRtpEnabled: true },
      { tls: { ownCertificate: true }, limit: { maxCps: 5 }, recordings: { retentionDays: 30 } },
    );
    expect((await told(store(), trunkSid))[1]).toBe(
      "trunk.updated max_cps: null -> 5, own_certificate: false -> true, retention_days: null -> 30, symmetric_rtp_enabled: false -> true",
    );
    await store().trunks.delete(accountSid, trunkSid);
    expect((await told(store(), trunkSid)).length).toBe(3);
    expect((await told(store(), trunkSid))[2]).toMatch(
      /^trunk\.deleted .*max_cps: 5 -> null.*own_certificate: true -> false/,
    );
  });

  it("tells lists on a trunk as fields of the trunk, permissions as fields of the account", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const list = { sid: newSid("AL"), accountSid, friendlyName: "office" };
    await store().ipAccessControlLists.create(list);
    await store().trunkIpAccessControlLists.add(trunkSid, list.sid);
    await store().trunkIpAccessControlLists.remove(trunkSid, list.sid);
    const field = `ip_access_control_lists.${list.sid}`;
    expect((await told(store(), trunkSid)).slice(1)).toEqual([
      `trunk.updated ${field}: null -> "${list.sid}"`,
      `trunk.updated ${field}: "${list.sid}" -> null`,
    ]);
    const permission = { lowRisk: true, highRiskSpecial: false, highRiskTollFraud: false };
    await store().dialingPermissions.set(accountSid, [
      { destination: "DE", ...permission },
      { destination: "FR", ...permission },
    ]);
    await store().dialingPermissions.set(accountSid, [{ destination: "DE", ...permission, highRiskSpecial: true }]);
    const { rows } = await store().audit.list({ accountSid, eventType: "voice-geographic-permissions.updated" }, ALL);
    expect(rows.map(sentence)[0]).toBe("voice-geographic-permissions.updated DE.high_risk_special: false -> true");
    expect(Object.keys(rows[1]?.changes ?? {})).toHaveLength(6);
  });

  it("tells of a list's members when they go with it, and of their limits with them", async () => {
    const accountSid = await newAccount(store());
    const list = { sid: newSid("CL"), accountSid, friendlyName: "users" };
    await store().credentialLists.create(list);
    const member = { sid: newSid("CR"), listSid: list.sid, username: "pbx", ha1Md5: "m", ha1Sha256: "s" };
    await store().credentials.create(member);
    await store().callLimits.set({ ownerSid: member.sid, maxCps: 1, burst: null, maxConcurrentCalls: 2 });
    await store().credentialLists.delete(accountSid, list.sid);
    const { rows } = await store().audit.list({ accountSid, resourceKey: member.sid }, ALL);
    expect(rows.map((event) => event.eventType)).toEqual([
      "sip-credential.deleted",
      "sip-credential.updated",
      "sip-credential.created",
    ]);
    expect(rows[0]?.changes).toMatchObject({ max_cps: { previous: 1, updated: null } });
  });

  it("tells of numbers that a deleted trunk let go of, and of its URLs", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const number = { ...phoneNumberRow(accountSid, trunkSid), e164: newNumber() };
    await store().phoneNumbers.create(number);
    const url = originationUrlRow(accountSid, trunkSid);
    await store().originationUrls.create(url);
    await store().trunks.delete(accountSid, trunkSid);
    expect((await told(store(), number.sid))[1]).toBe(`phone-number.updated trunk_sid: "${trunkSid}" -> null`);
    const [, deleted] = (await store().audit.list({ accountSid, resourceKey: url.sid }, ALL)).rows.toReversed();
    expect(deleted).toMatchObject({ eventType: "origination-url.deleted", parentKey: trunkSid });
  });
}

function secretChecks(store: () => Store): void {
  it("tells that a secret was changed and never what it was", async () => {
    const secret = "correct horse battery staple";
    const accountSid = newSid("AC");
    const account = { sid: accountSid, parentSid: null, friendlyName: "A", status: "active", type: "Full" } as const;
    await store().accounts.create({ ...account, authToken: secret });
    const trunkSid = await newTrunk(store(), accountSid);
    const peer = { username: "pbx", password: secret };
    await store().trunks.update(accountSid, trunkSid, {}, { peer });
    await store().trunks.update(accountSid, trunkSid, {}, { peer: { password: `${secret}!` } });
    const list = { sid: newSid("CL"), accountSid, friendlyName: "users" };
    await store().credentialLists.create(list);
    const member = { sid: newSid("CR"), listSid: list.sid, username: "pbx", ha1Md5: secret, ha1Sha256: secret };
    await store().credentials.create(member);
    const { rows } = await store().audit.list({ accountSid }, ALL);
    const text = JSON.stringify(rows);
    expect(text).not.toMatch(/correct|battery|\\\\x[0-9a-f]{8}/);
    expect((await told(store(), trunkSid))[2]).toBe('trunk.updated password: "(secret)" -> "(secret)"');
    expect((await told(store(), trunkSid))[1]).toBe(
      'trunk.updated password: null -> "(secret)", username: null -> "pbx"',
    );
    expect((await told(store(), accountSid))[0]).toContain('auth_token: null -> "(secret)"');
  });
}

function readingChecks(store: () => Store): void {
  it("is searched by actor, type, resource, source and time, newest first, page by page", async () => {
    const accountSid = await newAccount(store());
    const other = await newAccount(store());
    const sid = newSid("US");
    const ip = "2001:db8::9";
    for (const friendlyName of ["a", "b", "c"]) {
      await actingAs({ ...WHO, sid, ip }, () => store().accounts.update(accountSid, { friendlyName }));
    }
    await actingAs({ ...WHO, sid, ip }, () => store().accounts.update(other, { friendlyName: "d" }));
    const names = async (filter: Parameters<Store["audit"]["list"]>[0]) =>
      (await store().audit.list(filter, ALL)).rows.map((event) => event.changes["friendly_name"]?.updated);
    expect(await names({ accountSid, actorSid: sid })).toEqual(["c", "b", "a"]);
    expect(await names({ actorSid: sid })).toEqual(["d", "c", "b", "a"]);
    expect(await names({ sourceIp: ip, accountSid: other })).toEqual(["d"]);
    expect(await names({ accountSid, eventType: "account.updated" })).toEqual(["c", "b", "a"]);
    expect(await names({ accountSid, actorSid: sid, toMs: 0 })).toEqual([]);
    expect(await names({ accountSid, actorSid: sid, fromMs: Date.now() + 60_000 })).toEqual([]);
    const first = await store().audit.list({ accountSid, actorSid: sid }, { limit: 2 });
    expect(first.next).not.toBeNull();
    const second = await store().audit.list({ accountSid, actorSid: sid }, { limit: 2, after: first.next ?? "" });
    expect(second.rows.map((event) => event.changes["friendly_name"]?.updated)).toEqual(["a"]);
    const [event] = first.rows;
    expect(await store().audit.fetch(event?.sid ?? "", accountSid)).toEqual(event);
    expect(await store().audit.fetch(event?.sid ?? "", other)).toBeUndefined();
    expect(await store().audit.fetch(event?.sid ?? "")).toEqual(event);
  });

  it("shows what is the installation's to nobody but who asks for everything", async () => {
    const name = newSid("edge");
    await store().edgeLocations.upsert({ name, aliases: [] });
    expect(await told(store(), name)).toEqual([`edge-location.created aliases: null -> [], name: null -> "${name}"`]);
    expect((await store().audit.list({ resourceKey: name }, ALL)).rows).toMatchObject([{ accountSid: null }]);
  });
}

function noteChecks(store: () => Store): void {
  it("notes what is no change of a row, and the same thing once where that is asked", async () => {
    const accountSid = await newAccount(store());
    const resourceKey = newSid("RE");
    const note = { accountSid, resourceType: "recording", action: "accessed", resourceKey };
    const once = "hour 7";
    await actingAs(WHO, () => store().audit.note({ ...note, once, parentKey: "CA1" }));
    await actingAs(WHO, () => store().audit.note({ ...note, once }));
    await store().audit.note({
      ...note,
      action: "deleted",
      changes: { status: { previous: "completed", updated: "deleted" } },
    });
    const { rows } = await store().audit.list({ accountSid, resourceKey }, ALL);
    expect(rows).toMatchObject([
      { eventType: "recording.deleted", actorType: "system", changes: { status: { updated: "deleted" } } },
      { eventType: "recording.accessed", actorSid: WHO.sid, parentKey: "CA1", changes: {} },
    ]);
  });

  it("keeps events until they are too old, and deletes those some at a time", async () => {
    expect(await store().audit.deleteOlderThan(Date.now() - 86_400_000, 10)).toBe(0);
    const before = (await store().audit.list({}, ALL)).rows.length;
    expect(await store().audit.deleteOlderThan(Date.now() + 60_000, 2)).toBe(2);
    expect((await store().audit.list({}, ALL)).rows.length).toBe(Math.min(before, 1_000) - (before < 1_000 ? 2 : 0));
  });
}
