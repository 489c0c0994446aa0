import fc from "fast-check";
import { expect, it } from "vitest";
import type { CallerId, Credential, IpAddress, OriginationUrl, PhoneNumber, TrunkList } from "../model.ts";
import { changes, originationUrl, sid, trunk, type WrittenRow } from "../rows.fixture.ts";
import { createDirectory } from "./directory.ts";
import type { DirectoryReader } from "./directory.types.ts";

/** Few values, so that rows meet each other. */
const few = fc.integer({ min: 1, max: 3 });
const address = fc.constantFrom("10.0.0.1", "10.0.0.2", "10.0.1.1", "10.1.0.1");

const phoneNumber = fc
  .record({ number: few, owner: few, on: fc.option(few) })
  .map(({ number, owner, on }): WrittenRow => {
    const row: PhoneNumber = {
      sid: sid("PN", number),
      accountSid: sid("AC", owner),
      e164: `+1202555010${number}`,
      trunkSid: on === null ? null : sid("TK", on),
    };
    return ["phoneNumber", row.sid, row];
  });
const url = fc.record({ number: few, on: few, enabled: fc.boolean() }).map(({ number, on, enabled }): WrittenRow => {
  const row: OriginationUrl = originationUrl(number, { trunkSid: sid("TK", on), enabled });
  return ["originationUrl", row.sid, row];
});
const ipAddress = fc
  .record({ number: few, list: few, address, length: fc.constantFrom(8, 16, 24, 31, 32) })
  .map(({ number, list, address: ipAddress, length }): WrittenRow => {
    const row: IpAddress = {
      sid: sid("IP", number),
      listSid: sid("AL", list),
      friendlyName: "",
      ipAddress,
      cidrPrefixLength: length,
    };
    return ["ipAddress", row.sid, row];
  });
const accessList = fc.record({ on: few, list: few }).map(({ on, list }): WrittenRow => {
  const row: TrunkList = { trunkSid: sid("TK", on), listSid: sid("AL", list) };
  return ["trunkIpAccessControlList", `${row.trunkSid}/${row.listSid}`, row];
});
const credentialList = fc.record({ on: few, list: few }).map(({ on, list }): WrittenRow => {
  const row: TrunkList = { trunkSid: sid("TK", on), listSid: sid("CL", list) };
  return ["trunkCredentialList", `${row.trunkSid}/${row.listSid}`, row];
});
const credential = fc
  .record({ number: few, list: few, ha1: fc.constantFrom("x", "y") })
  .map(({ number, list, ha1 }): WrittenRow => {
    const row: Credential = {
      sid: sid("CR", number),
      listSid: sid("CL", list),
      username: "pbx",
      ha1Md5: ha1,
      ha1Sha256: ha1,
    };
    return ["credential", row.sid, row];
  });
const callerId = fc.record({ number: few, owner: few }).map(({ number, owner }): WrittenRow => {
  const row: CallerId = { sid: sid("PN", 100 + number), accountSid: sid("AC", owner), e164: `+1202555010${number}` };
  return ["callerId", row.sid, row];
});
const trunkRow = few.map((number): WrittenRow => {
  const row = trunk({ sid: sid("TK", number), domainName: null });
  return ["trunk", row.sid, row];
});
const insertion = fc.oneof(trunkRow, phoneNumber, url, ipAddress, accessList, credentialList, credential, callerId);
const change = fc
  .tuple(insertion, fc.boolean())
  .map(([row, gone]) => (gone ? ([row[0], row[1], null] as WrittenRow) : row));

/** Everything routing could ask about the few rows, in an order that does not depend on history. */
function answers(directory: DirectoryReader): unknown {
  const numbers = [1, 2, 3];
  const trunks = numbers.map((number) => sid("TK", number));
  const e164s = numbers.map((number) => `+1202555010${number}`);
  const bySid = (a: { readonly sid: string }, b: { readonly sid: string }): number => (a.sid < b.sid ? -1 : 1);
  return {
    urls: trunks.map((trunkSid) => directory.originationUrls(trunkSid).toSorted(bySid)),
    lists: trunks.map((trunkSid) => [
      directory.hasIpAccessControlList(trunkSid),
      directory.hasCredentialList(trunkSid),
    ]),
    acl: trunks.map((trunkSid) =>
      ["10.0.0.1", "10.0.0.3", "10.0.1.9", "10.1.0.1", "11.0.0.1"].map(
        (source) => directory.matchAcl(trunkSid, source)?.cidr.split("/")[1],
      ),
    ),
    bySource: ["10.0.0.1", "10.0.1.9", "11.0.0.1"].map((source) => directory.trunksBySource(source).toSorted(bySid)),
    credentials: trunks.map((trunkSid) => directory.credentials(trunkSid, "pbx").toSorted(bySid)),
    numbers: e164s.map((e164) => directory.phoneNumber(e164)),
    callerIds: e164s.map((e164) => numbers.map((owner) => directory.callerId(sid("AC", owner), e164))),
  };
}

it("after any changes, the directory answers as one built from the rows that are left", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (rows) => {
      const grown = createDirectory();
      grown.apply(changes(rows));
      const left = new Map(rows.map((row) => [`${row[0]} ${row[1]}`, row]));
      const fresh = createDirectory();
      fresh.apply(changes([...left.values()].filter((row) => row[2] !== null)));
      expect(answers(grown)).toEqual(answers(fresh));
    }),
  );
});

it("a batch that comes again changes nothing", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (rows) => {
      const directory = createDirectory();
      directory.apply(changes(rows));
      const once = answers(directory);
      directory.apply(changes(rows));
      expect(answers(directory)).toEqual(once);
      expect(directory.seq).toBe(rows.length);
    }),
  );
});
