import { describe, expect, it } from "vitest";
import { newAccount, newSid, newTrunk } from "../rows.fixture.ts";
import type { Store } from "../store.ts";
import { Mirror } from "./directory.contract.ts";

const ALL = { limit: 1_000 };
const UNLIMITED = { maxCps: null, burst: null, maxConcurrentCalls: null };
const conflict = (which: string) => ({ kind: "conflict", which });
const missing = (what: string) => ({ kind: "not-found", what });

function carrierRow() {
  const sid = newSid("CX");
  return {
    sid,
    friendlyName: `carrier ${sid}`,
    enabled: true,
    priority: 1,
    retryStatuses: [503],
    ownNumbersOnly: false,
  };
}

/** Carriers, and what is said of the peers that the platform meets as their client. */
export function carrierContract(store: () => Store): void {
  describe("carriers (CAR-1)", () => {
    carrierChecks(store);
    carrierSettingChecks(store);
  });
  describe("peers of carriers and trunks (CAR-1, ORIG-12, SEC-6)", () => peerChecks(store));
}

function carrierChecks(store: () => Store): void {
  it("are created, read, changed and deleted with everything that is theirs", async () => {
    const mirror = await Mirror.of(store().directory);
    const carrier = carrierRow();
    await store().carriers.create(carrier);
    const target = { sid: newSid("CT"), carrierSid: carrier.sid, sipUrl: "sip:a.example", priority: 1, weight: 2 };
    const prefix = { sid: newSid("CF"), carrierSid: carrier.sid, prefix: "81", costMicros: 7 };
    const source = { sid: newSid("CS"), carrierSid: carrier.sid, cidr: "192.0.2.0/24", port: null };
    const dress = {
      carrierSid: carrier.sid,
      calledNumberForm: "digits",
      callerNumberForm: "double-zero",
      calledPrefix: "77",
      callerIdHeaders: ["Remote-Party-ID", "P-Asserted-Identity"],
      addedHeaders: ["X-Route: 7"],
      removedHeaders: ["diversion"],
      codecs: ["pcma"],
      srtp: true,
    } as const;
    expect(await store().carrierTargets.create(target)).toMatchObject({ kind: "ok", row: target });
    expect(await store().carrierPrefixes.create(prefix)).toMatchObject({ kind: "ok", row: prefix });
    expect(await store().carrierSources.create(source)).toMatchObject({ kind: "ok", row: source });
    expect(await store().carrierDresses.set(dress)).toEqual({ kind: "ok", row: dress });
    await store().callLimits.set({ ...UNLIMITED, ownerSid: carrier.sid, maxConcurrentCalls: 30 });
    await store().peerSettings.change(carrier.sid, { probeIntervalSec: 10 });
    expect(await store().carriers.update(carrier.sid, { enabled: false })).toMatchObject({ row: { enabled: false } });
    expect(await store().carriers.fetch(carrier.sid)).toMatchObject({ ...carrier, enabled: false });
    expect(await store().carrierTargets.update(carrier.sid, target.sid, { weight: 9 })).toMatchObject({ kind: "ok" });
    expect((await store().carrierTargets.list(carrier.sid, ALL)).rows).toMatchObject([{ ...target, weight: 9 }]);
    expect(mirror.rows.get(`carrierDress ${carrier.sid}`)).toEqual(dress);
    expect(await store().carriers.delete(carrier.sid)).toMatchObject({ kind: "ok" });
    expect(
      [...mirror.rows.keys()].filter(
        (key) => /^(carrier|callLimit|peerSettings)/.test(key) && key.includes(carrier.sid),
      ),
    ).toEqual([]);
    expect(mirror.rows.has(`carrierTarget ${target.sid}`)).toBe(false);
    expect(await store().carriers.fetch(carrier.sid)).toBeUndefined();
    expect(await store().carrierDresses.fetch(carrier.sid)).toBeUndefined();
    await mirror.stop();
  });

  it("TERM-12: at most one is for own numbers, and stays so", async () => {
    const mirror = await Mirror.of(store().directory);
    const own = { ...carrierRow(), ownNumbersOnly: true };
    expect(await store().carriers.create(own)).toMatchObject({ kind: "ok", row: own });
    expect(await store().carriers.create({ ...carrierRow(), ownNumbersOnly: true })).toEqual(conflict("own-numbers"));
    expect(await store().carriers.update(own.sid, { ownNumbersOnly: false, priority: 3 })).toMatchObject({
      row: { ownNumbersOnly: true, priority: 3 },
    });
    expect(mirror.rows.get(`carrier ${own.sid}`)).toMatchObject({ ownNumbersOnly: true });
    await store().carriers.delete(own.sid);
    const another = { ...carrierRow(), ownNumbersOnly: true };
    expect(await store().carriers.create(another)).toMatchObject({ kind: "ok" });
    await store().carriers.delete(another.sid);
    await mirror.stop();
  });

  it("of nothing come no parts and no changes", async () => {
    const target = { sid: newSid("CT"), carrierSid: "CX0", sipUrl: "sip:a.example", priority: 1, weight: 2 };
    expect(await store().carrierTargets.create(target)).toEqual(missing("carrier"));
    expect(await store().carriers.update("CX0", { priority: 1 })).toEqual(missing("carrier"));
    expect(await store().carriers.delete("CX0")).toEqual(missing("carrier"));
  });
}

function carrierSettingChecks(store: () => Store): void {
  it("are made and changed together with what is theirs, all or none", async () => {
    const mirror = await Mirror.of(store().directory);
    const carrier = carrierRow();
    const settings = {
      dress: { calledPrefix: "77" },
      peer: { username: "us", password: "Sesam-Öffne-Dich-1", registrarUrl: "sip:registrar.example" },
      limit: { maxCps: 2.5 },
    };
    expect(await store().carriers.create(carrier, settings)).toMatchObject({ kind: "ok", row: carrier });
    expect(mirror.rows.get(`carrierDress ${carrier.sid}`)).toMatchObject({
      calledPrefix: "77",
      calledNumberForm: "e164",
    });
    expect(mirror.rows.get(`callLimit ${carrier.sid}`)).toMatchObject({ maxCps: 2.5, maxConcurrentCalls: null });
    const peer = await store().peerSettings.fetch(carrier.sid);
    expect(peer).toMatchObject({ ...settings.peer, registrationExpiresSec: 3_600, clientCertificate: false });
    await store().carriers.update(carrier.sid, {}, { peer: { probeIntervalSec: 30 } });
    expect(mirror.rows.get(`peerSettings ${carrier.sid}`)).toEqual({ ...peer, probeIntervalSec: 30 });

    const broken = { peer: { username: null, password: null } };
    expect(await store().carriers.update(carrier.sid, { priority: 9 }, broken)).toEqual(conflict("credentials"));
    expect(await store().carriers.fetch(carrier.sid)).toMatchObject({ priority: 1 });
    const other = carrierRow();
    expect(await store().carriers.create(other, { peer: { username: "us" } })).toEqual(conflict("credentials"));
    expect(await store().carriers.fetch(other.sid)).toBeUndefined();
    await mirror.stop();
  });

  it("have each prefix and each source once", async () => {
    const { sid: carrierSid, ...rest } = carrierRow();
    await store().carriers.create({ sid: carrierSid, ...rest });
    const prefix = () => ({ sid: newSid("CF"), carrierSid, prefix: "44", costMicros: 1 });
    const source = (port: number | null) => ({ sid: newSid("CS"), carrierSid, cidr: "192.0.2.0/24", port });
    expect(await store().carrierPrefixes.create(prefix())).toMatchObject({ kind: "ok" });
    expect(await store().carrierPrefixes.create(prefix())).toEqual(conflict("prefix"));
    for (const port of [null, 5060]) {
      expect(await store().carrierSources.create(source(port))).toMatchObject({ kind: "ok" });
      expect(await store().carrierSources.create(source(port))).toEqual(conflict("source"));
    }
  });
}

function peerChecks(store: () => Store): void {
  it("a trunk's settings are changed with it, its password comes back as it was, and all go with the trunk", async () => {
    const mirror = await Mirror.of(store().directory);
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const settings = {
      peer: { username: "us", password: "Sesam-Öffne-Dich-1", clientCertificate: true },
      tls: { ownCertificate: true, clientNames: ["pbx.example.com"] },
      limit: { maxConcurrentCalls: 5 },
    };
    await store().trunks.update(accountSid, trunkSid, { symmetricRtpEnabled: true }, settings);
    expect(mirror.rows.get(`peerSettings ${trunkSid}`)).toMatchObject({ ownerSid: trunkSid, ...settings.peer });
    expect(mirror.rows.get(`trunkTls ${trunkSid}`)).toEqual({ trunkSid, ...settings.tls });
    expect(await store().trunkTls.fetch(trunkSid)).toEqual({ trunkSid, ...settings.tls });
    const fresh = await Mirror.of(store().directory);
    expect(fresh.rows.get(`peerSettings ${trunkSid}`)).toEqual(mirror.rows.get(`peerSettings ${trunkSid}`));
    await fresh.stop();

    const broken = store().trunks.update(accountSid, trunkSid, { secure: true }, { peer: { password: null } });
    expect(await broken).toEqual(conflict("credentials"));
    expect(await store().trunks.fetch(accountSid, trunkSid)).toMatchObject({ secure: false });
    await store().trunks.delete(accountSid, trunkSid);
    expect([...mirror.rows.keys()].filter((key) => key.endsWith(trunkSid))).toEqual([]);
    expect(await store().peerSettings.change(trunkSid, { probeIntervalSec: 5 })).toEqual(missing("trunk"));
    await mirror.stop();
  });

  it("settings made while their trunk is deleted never stay behind", async () => {
    const accountSid = await newAccount(store());
    for (let round = 0; round < 5; round++) {
      const trunkSid = await newTrunk(store(), accountSid);
      await Promise.all([
        store().peerSettings.change(trunkSid, { probeIntervalSec: 5 }),
        store().trunkTls.set({ trunkSid, ownCertificate: true, clientNames: [] }),
        store().trunks.delete(accountSid, trunkSid),
      ]);
      expect(await store().peerSettings.fetch(trunkSid)).toBeUndefined();
      expect(await store().trunkTls.fetch(trunkSid)).toBeUndefined();
      expect(await store().trunks.fetch(accountSid, trunkSid)).toBeUndefined();
    }
  });
}
