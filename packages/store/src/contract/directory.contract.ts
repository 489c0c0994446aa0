import type { DirectoryChange, DirectorySource } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { newAccount, newNumber, newSid, newTrunk, originationUrlRow, phoneNumberRow } from "../rows.fixture.ts";
import type { Store } from "../store.ts";

export function directoryContract(store: () => Store): void {
  describe("the directory feed", () => {
    liveChecks(store);
    deletionChecks(store);
    operatorChecks(store);
    loadChecks(store);
  });
}

/** The state a subscriber ends up with, and every change it was told after the first load. */
export class Mirror {
  readonly rows = new Map<string, unknown>();
  readonly live: DirectoryChange[] = [];
  #loaded = false;
  #stop: () => Promise<void> = async () => {};

  static async of(source: DirectorySource): Promise<Mirror> {
    const mirror = new Mirror();
    const { stop } = await source.subscribe((changes) => mirror.#apply(changes));
    mirror.#loaded = true;
    mirror.#stop = stop;
    return mirror;
  }

  /** The changes told since the last call, as `entity key +` or `-`. */
  told(): readonly string[] {
    return this.live.splice(0).map(({ entity, key, row }) => `${entity} ${key} ${row === null ? "-" : "+"}`);
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  #apply(changes: readonly DirectoryChange[]): void {
    for (const change of changes) {
      const place = `${change.entity} ${change.key}`;
      if (change.row === null) this.rows.delete(place);
      else this.rows.set(place, change.row);
      if (this.#loaded) this.live.push(change);
    }
  }
}

function liveChecks(store: () => Store): void {
  it("a change is with the subscriber before the write resolves, numbered in order", async () => {
    const mirror = await Mirror.of(store().directory);
    const accountSid = await newAccount(store());
    expect(mirror.told()).toEqual([`account ${accountSid} +`]);
    const trunkSid = await newTrunk(store(), accountSid);
    await store().trunks.update(accountSid, trunkSid, { secure: true });
    expect(mirror.live.map((change) => change.row)).toMatchObject([{ sid: trunkSid }, { sid: trunkSid, secure: true }]);
    const numbers = mirror.live.map((change) => change.seq);
    expect(numbers[1]).toBe((numbers[0] ?? 0) + 1);
    mirror.told();
    await store().trunks.delete(accountSid, trunkSid);
    expect(mirror.told()).toEqual([`trunk ${trunkSid} -`]);
    await mirror.stop();
  });

  it("a refused write tells nothing and uses up no number", async () => {
    const mirror = await Mirror.of(store().directory);
    const accountSid = await newAccount(store());
    const row = { sid: newSid("PN"), accountSid, e164: newNumber(), friendlyName: "Desk" };
    await store().callerIds.create(row);
    const last = mirror.live.at(-1)?.seq ?? 0;
    expect(await store().callerIds.create({ ...row, sid: newSid("PN") })).toMatchObject({ kind: "conflict" });
    await store().callerIds.delete(accountSid, row.sid);
    expect(mirror.live.at(-1)).toEqual({ seq: last + 1, entity: "callerId", key: row.sid, row: null });
    await mirror.stop();
  });
}

function deletionChecks(store: () => Store): void {
  it("deleting a trunk tells of everything it takes along (TRK-3)", async () => {
    const accountSid = await newAccount(store());
    const trunkSid = await newTrunk(store(), accountSid);
    const number = phoneNumberRow(accountSid, trunkSid);
    const url = originationUrlRow(accountSid, trunkSid);
    const list = { sid: newSid("CL"), accountSid, friendlyName: "users" };
    await store().phoneNumbers.create(number);
    await store().originationUrls.create(url);
    await store().credentialLists.create(list);
    await store().trunkCredentialLists.add(trunkSid, list.sid);
    const mirror = await Mirror.of(store().directory);
    await store().trunks.delete(accountSid, trunkSid);
    expect(mirror.rows.get(`phoneNumber ${number.sid}`)).toEqual({
      sid: number.sid,
      accountSid,
      e164: number.e164,
      trunkSid: null,
    });
    expect(mirror.told().toSorted()).toEqual([
      `originationUrl ${url.sid} -`,
      `phoneNumber ${number.sid} +`,
      `trunk ${trunkSid} -`,
      `trunkCredentialList ${trunkSid}/${list.sid} -`,
    ]);
    await mirror.stop();
  });

  it("deleting a list tells of its members; a credential's HA1s come in clear", async () => {
    const accountSid = await newAccount(store());
    const list = { sid: newSid("CL"), accountSid, friendlyName: "users" };
    const credential = { sid: newSid("CR"), listSid: list.sid, username: "pbx", ha1Md5: "m", ha1Sha256: "s" };
    const mirror = await Mirror.of(store().directory);
    await store().credentialLists.create(list);
    await store().credentials.create(credential);
    expect(mirror.rows.get(`credential ${credential.sid}`)).toEqual(credential);
    mirror.told();
    await store().credentialLists.delete(accountSid, list.sid);
    expect(mirror.told()).toEqual([`credential ${credential.sid} -`]);
    await mirror.stop();
  });
}

function operatorChecks(store: () => Store): void {
  it("a carrier's parts are replaced as a whole; edges are upserted", async () => {
    const mirror = await Mirror.of(store().directory);
    const carrier = {
      sid: newSid("CX"),
      friendlyName: newSid("carrier "),
      enabled: true,
      priority: 1,
      retryStatuses: [503],
      ownNumbersOnly: false,
    };
    const target = { sid: newSid("CT"), carrierSid: carrier.sid, sipUrl: "sip:192.0.2.9", priority: 1, weight: 1 };
    const prefix = { sid: newSid("CP"), carrierSid: carrier.sid, prefix: "1", costMicros: 4_000_000_000 };
    const source = { sid: newSid("CS"), carrierSid: carrier.sid, cidr: "192.0.2.0/24", port: null };
    await store().carriers.upsert(carrier, [target], [prefix], [source]);
    expect(mirror.rows.get(`carrier ${carrier.sid}`)).toEqual(carrier);
    expect(mirror.rows.get(`carrierTarget ${target.sid}`)).toEqual(target);
    expect(mirror.rows.get(`carrierPrefix ${prefix.sid}`)).toEqual(prefix);
    expect(mirror.rows.get(`carrierSource ${source.sid}`)).toEqual(source);
    await store().carriers.upsert({ ...carrier, priority: 2 }, [], [{ ...prefix, prefix: "44" }], [source]);
    expect(mirror.rows.get(`carrier ${carrier.sid}`)).toEqual({ ...carrier, priority: 2 });
    expect(mirror.rows.has(`carrierTarget ${target.sid}`)).toBe(false);
    expect(mirror.rows.get(`carrierPrefix ${prefix.sid}`)).toEqual({ ...prefix, prefix: "44" });

    const name = newSid("edge-");
    await store().edgeLocations.upsert({ name, aliases: ["us1", "de1"] });
    await store().edgeLocations.upsert({ name, aliases: ["us1"] });
    expect(mirror.rows.get(`edgeLocation ${name}`)).toEqual({ name, aliases: ["us1"] });
    await mirror.stop();
  });

  it("a subscriber that stopped hears nothing more, others still do", async () => {
    const [one, two] = [await Mirror.of(store().directory), await Mirror.of(store().directory)];
    await one.stop();
    const accountSid = await newAccount(store());
    expect([one.told(), two.told()]).toEqual([[], [`account ${accountSid} +`]]);
    await two.stop();
  });
}

function loadChecks(store: () => Store): void {
  it("a load in the middle of many writers ends where a later load ends, and no number is told twice", async () => {
    const accountSid = await newAccount(store());
    const mirrors: Mirror[] = [];
    const write = async (writer: number): Promise<void> => {
      for (let round = 0; round < 8; round++) {
        const trunkSid = await newTrunk(store(), accountSid, { friendlyName: `${writer}` });
        await store().originationUrls.create(originationUrlRow(accountSid, trunkSid));
        await store().trunks.update(accountSid, trunkSid, { friendlyName: `${writer} ${round}` });
        if (round % 3 === 0) await store().trunks.delete(accountSid, trunkSid);
      }
    };
    const subscribe = async (): Promise<void> => {
      for (let round = 0; round < 4; round++) mirrors.push(await Mirror.of(store().directory));
    };
    await Promise.all([write(1), write(2), write(3), subscribe()]);
    const fresh = await Mirror.of(store().directory);
    for (const mirror of mirrors) {
      expect(mirror.rows).toEqual(fresh.rows);
      const numbers = mirror.live.map((change) => change.seq);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    }
    await Promise.all([...mirrors, fresh].map((mirror) => mirror.stop()));
  });

  it("loads more rows than a batch has", async () => {
    const accountSid = await newAccount(store());
    const list = { sid: newSid("AL"), accountSid, friendlyName: "many" };
    await store().ipAccessControlLists.create(list);
    const carrier = {
      sid: newSid("CX"),
      friendlyName: newSid("carrier "),
      enabled: true,
      priority: 1,
      retryStatuses: [],
      ownNumbersOnly: false,
    };
    const prefixes = Array.from({ length: 1_050 }, (_, index) => ({
      sid: newSid("CP"),
      carrierSid: carrier.sid,
      prefix: String(index),
      costMicros: index,
    }));
    await store().carriers.upsert(carrier, [], prefixes, []);
    const sizes: number[] = [];
    const keys = new Set<string>();
    const { stop } = await store().directory.subscribe((changes) => {
      sizes.push(changes.length);
      for (const { entity, key } of changes) keys.add(`${entity} ${key}`);
    });
    expect(Math.max(...sizes)).toBe(1_000);
    expect(prefixes.filter(({ sid }) => !keys.has(`carrierPrefix ${sid}`))).toEqual([]);
    await stop();
  });
}
