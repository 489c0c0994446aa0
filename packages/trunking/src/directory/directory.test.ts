import { describe, expect, it } from "vitest";
import type { CarrierPrefix, CarrierSource, IpAddress } from "../model.ts";
import {
  ACCOUNT,
  account,
  carrier,
  changes,
  originationUrl,
  sid,
  TRUNK,
  trunk,
  type WrittenRow,
  ZONE,
} from "../rows.fixture.ts";
import { createDirectory } from "./directory.ts";
import type { DirectoryIndex } from "./directory.types.ts";

function directoryOf(...rows: readonly WrittenRow[]): DirectoryIndex {
  const directory = createDirectory();
  directory.apply(changes(rows));
  return directory;
}

describe("rows come, change and go", () => {
  it("a trunk is found by its new domain name, no more by its old one", () => {
    const directory = directoryOf(["trunk", TRUNK, trunk()]);
    directory.apply(changes([["trunk", TRUNK, trunk({ domainName: `new.pstn.${ZONE}` })]], 2));
    expect(directory.trunkByDomain(`acme.pstn.${ZONE}`)).toBeUndefined();
    expect(directory.trunkByDomain(`new.pstn.${ZONE}`)?.sid).toBe(TRUNK);
    expect(directory.seq).toBe(2);
    directory.apply(changes([["trunk", TRUNK, null]], 3));
    expect(directory.trunk(TRUNK)).toBeUndefined();
    expect(directory.trunkByDomain(`new.pstn.${ZONE}`)).toBeUndefined();
  });

  it("a domain name that moved to another trunk stays there when the first trunk goes", () => {
    const other = sid("TK", 2);
    const directory = directoryOf(
      ["trunk", TRUNK, trunk()],
      ["trunk", other, trunk({ sid: other })],
      ["trunk", TRUNK, null],
    );
    expect(directory.trunkByDomain(`acme.pstn.${ZONE}`)?.sid).toBe(other);
  });

  it("rows may come before those they belong to", () => {
    const directory = directoryOf(
      ["originationUrl", sid("OU", 1), originationUrl(1)],
      ["phoneNumber", sid("PN", 1), { sid: sid("PN", 1), accountSid: ACCOUNT, e164: "+12025550100", trunkSid: TRUNK }],
      ["trunk", TRUNK, trunk()],
      ["account", ACCOUNT, account()],
    );
    expect(directory.originationUrls(TRUNK)).toEqual([originationUrl(1)]);
    expect(directory.phoneNumber("+12025550100")).toMatchObject({ trunkSid: TRUNK, accountSid: ACCOUNT });
  });

  it("an origination URL moves with its trunk and disappears when deleted", () => {
    const other = sid("TK", 2);
    const directory = directoryOf(
      ["originationUrl", sid("OU", 1), originationUrl(1)],
      ["originationUrl", sid("OU", 2), originationUrl(2)],
      ["originationUrl", sid("OU", 1), originationUrl(1, { trunkSid: other })],
      ["originationUrl", sid("OU", 2), null],
    );
    expect(directory.originationUrls(TRUNK)).toEqual([]);
    expect(directory.originationUrls(other).map((url) => url.sid)).toEqual([sid("OU", 1)]);
  });

  it("a deletion of something unknown is nothing", () => {
    expect(directoryOf(["credential", sid("CR", 9), null]).seq).toBe(1);
  });
});

describe("TERM-2: access control lists", () => {
  const entry = (number: number, listSid: string, cidr: string): WrittenRow => {
    const [ipAddress = "", length] = cidr.split("/");
    const row: IpAddress = {
      sid: sid("IP", number),
      listSid,
      friendlyName: cidr,
      ipAddress,
      cidrPrefixLength: Number(length),
    };
    return ["ipAddress", row.sid, row];
  };
  const [listA, listB] = [sid("AL", 1), sid("AL", 2)];
  const link = (listSid: string): WrittenRow => [
    "trunkIpAccessControlList",
    `${TRUNK}/${listSid}`,
    { trunkSid: TRUNK, listSid },
  ];
  const directory = directoryOf(
    link(listA),
    link(listB),
    entry(1, listA, "10.0.0.0/8"),
    entry(2, listA, "10.1.2.3/24"),
    entry(3, listB, "10.1.2.128/25"),
    entry(4, listB, "2001:db8::/32"),
    entry(5, listB, "203.0.113.7/32"),
    entry(6, sid("AL", 3), "198.51.100.0/24"),
  );

  it.each([
    ["10.9.9.9", "10.0.0.0/8", listA],
    ["10.1.2.1", "10.1.2.3/24", listA],
    ["10.1.2.200", "10.1.2.128/25", listB],
    ["203.0.113.7", "203.0.113.7/32", listB],
    ["2001:db8:ffff::1", "2001:db8::/32", listB],
    ["::ffff:10.1.2.1", "10.1.2.3/24", listA],
  ])("%s is in %s, the most specific entry", (address, cidr, listSid) => {
    expect(directory.matchAcl(TRUNK, address)).toEqual({ cidr, listSid, sid: expect.stringMatching(/^IP/) });
  });

  it.each(["11.0.0.1", "203.0.113.8", "2001:db9::1", "198.51.100.1", "::a00:1", "nonsense", ""])(
    "%j is in none",
    (address) => {
      expect(directory.matchAcl(TRUNK, address)).toBeUndefined();
    },
  );

  it("a list without addresses still asks for an address", () => {
    const empty = directoryOf(link(listA));
    expect(empty.hasIpAccessControlList(TRUNK)).toBe(true);
    expect(empty.matchAcl(TRUNK, "10.0.0.1")).toBeUndefined();
    empty.apply(changes([["trunkIpAccessControlList", `${TRUNK}/${listA}`, null]]));
    expect(empty.hasIpAccessControlList(TRUNK)).toBe(false);
  });

  it("ACC-5: an address tells whose peer it may be, by the most specific entries first, in bounded work", () => {
    const other = sid("TK", 2);
    const many = Array.from({ length: 100 }, (_unused, index): WrittenRow[] => {
      const [trunkSid, listSid] = [sid("TK", 100 + index), sid("AL", 100 + index)];
      return [
        ["trunk", trunkSid, trunk({ sid: trunkSid, domainName: null })],
        ["trunkIpAccessControlList", `${trunkSid}/${listSid}`, { trunkSid, listSid }],
        entry(100 + index, listSid, "8.0.0.0/5"),
      ];
    });
    const world = directoryOf(
      ["trunk", TRUNK, trunk()],
      ["trunk", other, trunk({ sid: other, domainName: null })],
      link(listA),
      ["trunkIpAccessControlList", `${other}/${listB}`, { trunkSid: other, listSid: listB }],
      entry(1, listA, "10.0.0.0/8"),
      entry(2, listB, "10.1.0.0/16"),
      entry(3, sid("AL", 3), "11.0.0.0/8"),
    );
    const found = (address: string): readonly string[] => world.trunksBySource(address).map((one) => one.sid);
    expect(found("10.1.0.1")).toEqual([other, TRUNK]);
    expect(found("10.2.0.1")).toEqual([TRUNK]);
    for (const nobodys of ["11.0.0.1", "12.0.0.1", "2001:db8::1", "nonsense"]) expect(found(nobodys)).toEqual([]);
    world.apply(changes(many.flat()));
    expect(found("10.1.0.1").slice(0, 2)).toEqual([other, TRUNK]);
    expect(found("10.1.0.1").length).toBe(64);
    world.apply(changes([["trunkIpAccessControlList", `${other}/${listB}`, null]]));
    expect(found("10.1.0.1")[0]).toBe(TRUNK);
  });

  it("entries go one by one, also two with the same block", () => {
    const twice = directoryOf(link(listA), entry(1, listA, "10.0.0.1/24"), entry(2, listA, "10.0.0.2/24"));
    twice.apply(changes([["ipAddress", sid("IP", 1), null]]));
    expect(twice.matchAcl(TRUNK, "10.0.0.9")?.cidr).toBe("10.0.0.2/24");
    twice.apply(changes([["ipAddress", sid("IP", 2), null]]));
    expect(twice.matchAcl(TRUNK, "10.0.0.9")).toBeUndefined();
  });
});

describe("TERM-2: credentials", () => {
  const credential = (number: number, listSid: string, username: string): WrittenRow => [
    "credential",
    sid("CR", number),
    { sid: sid("CR", number), listSid, username, ha1Md5: "m", ha1Sha256: "s" },
  ];
  const link = (listSid: string): WrittenRow => [
    "trunkCredentialList",
    `${TRUNK}/${listSid}`,
    { trunkSid: TRUNK, listSid },
  ];
  const [listA, listB] = [sid("CL", 1), sid("CL", 2)];
  const directory = directoryOf(
    link(listA),
    link(listB),
    credential(1, listA, "pbx"),
    credential(2, listB, "pbx"),
    credential(3, listB, "sbc"),
    credential(4, sid("CL", 3), "stranger"),
  );

  it.each([
    ["pbx", [1, 2]],
    ["sbc", [3]],
    ["stranger", []],
    ["PBX", []],
  ])("user name %j is known by %j", (username, numbers) => {
    expect(directory.credentials(TRUNK, username).map((one) => one.sid)).toEqual(
      numbers.map((number) => sid("CR", number)),
    );
  });
});

describe("CAR-2: carriers by source", () => {
  const source = (number: number, carrierNumber: number, cidr: string, port: number | null): WrittenRow => {
    const row: CarrierSource = { sid: sid("CS", number), carrierSid: sid("CX", carrierNumber), cidr, port };
    return ["carrierSource", row.sid, row];
  };
  const directory = directoryOf(
    ["carrier", sid("CX", 1), carrier(1)],
    ["carrier", sid("CX", 2), carrier(2)],
    ["carrier", sid("CX", 3), carrier(3)],
    source(1, 1, "127.0.0.1/32", 5070),
    source(2, 2, "127.0.0.0/8", null),
    source(3, 3, "127.0.0.0/8", 5090),
    source(4, 3, "2001:db8::/32", null),
    source(5, 9, "192.0.2.0/24", null),
  );

  it.each([
    ["127.0.0.1", 5070, 1],
    ["127.0.0.1", 5071, 2],
    ["127.0.0.1", 5090, 3],
    ["127.0.0.2", 5070, 2],
    ["2001:db8::5", 5060, 3],
  ])("%s:%i is carrier %i", (address, port, number) => {
    expect(directory.carrierBySource(address, port)?.sid).toBe(sid("CX", number));
  });

  it.each([
    ["128.0.0.1", 5060],
    ["192.0.2.1", 5060],
    ["", 0],
  ])("%s:%i is nobody's", (address, port) => {
    expect(directory.carrierBySource(address, port)).toBeUndefined();
  });
});

describe("TERM-12: carriers by called number", () => {
  const serves = (number: number, carrierNumber: number, prefix: string, costMicros = 0): WrittenRow => {
    const row: CarrierPrefix = { sid: sid("CF", number), carrierSid: sid("CX", carrierNumber), prefix, costMicros };
    return ["carrierPrefix", row.sid, row];
  };
  const directory = directoryOf(
    ["carrier", sid("CX", 1), carrier(1, { priority: 10 })],
    ["carrier", sid("CX", 2), carrier(2, { priority: 10 })],
    ["carrier", sid("CX", 3), carrier(3, { priority: 5 })],
    ["carrier", sid("CX", 4), carrier(4, { priority: 1 })],
    serves(1, 1, "1", 900),
    serves(2, 2, "1", 800),
    serves(3, 3, "1", 9_000),
    serves(4, 4, "", 1),
    serves(5, 1, "1415", 7_000),
    serves(6, 9, "1", 1),
    serves(7, 2, "91", 5),
  );

  it.each([
    ["+14155550100", [1, 3, 2, 4], "longest prefix, then priority, then cost; each carrier once"],
    ["+12025550100", [3, 2, 1, 4], "priority before cost"],
    ["+442079460000", [4], "only the carrier of all numbers"],
    ["+911145550100", [2, 4], "India"],
    ["911", [4], "an emergency number has no country: only carriers of all numbers"],
  ])("%s: %j (%s)", (number, want) => {
    expect(directory.carriersFor(number).map(({ carrier: one }) => one.sid)).toEqual(want.map((one) => sid("CX", one)));
  });
});

it("TERM-1: edges by name and by alias, in any case", () => {
  const directory = directoryOf(
    ["edgeLocation", "tokyo", { name: "tokyo", aliases: ["jp1"] }],
    ["edgeLocation", "jp2", { name: "jp2", aliases: ["tokyo"] }],
  );
  expect(directory.edge("Tokyo")?.name).toBe("tokyo");
  expect(directory.edge("JP1")?.name).toBe("tokyo");
  expect(directory.edge("osaka")).toBeUndefined();
  directory.apply(changes([["edgeLocation", "tokyo", null]]));
  expect(directory.edge("jp1")).toBeUndefined();
  expect(directory.edge("tokyo")?.name).toBe("jp2");
});

describe("ORIG-12: who is met as a peer is told of when it changes", () => {
  it("by the SID of carrier or trunk, for every row that comes, changes or goes", () => {
    const told: string[] = [];
    const directory = createDirectory({ peerTouched: (ownerSid) => void told.push(ownerSid) });
    const touched = (...rows: readonly WrittenRow[]): readonly string[] => {
      told.length = 0;
      directory.apply(changes(rows, directory.seq + 1));
      return [...new Set(told)];
    };
    const url = originationUrl(1);
    const [CARRIER, target] = [sid("CX", 1), sid("CT", 1)];
    expect(touched(["originationUrl", url.sid, url])).toEqual([TRUNK]);
    expect(touched(["originationUrl", url.sid, { ...url, trunkSid: sid("TK", 2) }])).toEqual([TRUNK, sid("TK", 2)]);
    expect(touched(["originationUrl", url.sid, null])).toEqual([sid("TK", 2)]);
    expect(
      touched(
        ["carrier", CARRIER, carrier(1)],
        ["carrierTarget", target, { sid: target, carrierSid: CARRIER, sipUrl: "sip:a", priority: 1, weight: 1 }],
      ),
    ).toEqual([CARRIER]);
    expect(touched(["account", ACCOUNT, account()])).toEqual([]);
    expect(directory.carrier(CARRIER)?.friendlyName).toBe("Carrier 1");
  });
});
