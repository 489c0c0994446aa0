import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DialingPermission, DirectoryChange, OriginationUrl, PhoneNumber, Trunk } from "../model.ts";
import { originationUrl, trunk as trunkRow } from "../rows.fixture.ts";
import { createDirectory } from "./directory.ts";
import type { DirectoryReader } from "./directory.types.ts";
import { type OverlayChange, overlay } from "./overlay.ts";

const SIDS = ["TK1", "TK2"] as const;
const DOMAINS = ["a.example", "b.example", null] as const;
const NUMBERS = ["+12025550100", "+12025550101"] as const;

const keyed = <Row>(entity: DirectoryChange["entity"], keyOf: (row: Row) => string, rows: fc.Arbitrary<Row>) =>
  fc
    .tuple(rows, fc.boolean())
    .map(
      ([row, isGone]) => ({ seq: 1, entity, key: keyOf(row), row: isGone ? null : row }) as unknown as OverlayChange,
    );

const trunk = fc
  .record({ sid: fc.constantFrom(...SIDS), secure: fc.boolean() })
  // Each has names of its own, since the store lets no two have the same.
  .chain((some) =>
    fc
      .constantFrom(...DOMAINS)
      .map((name): Trunk => ({ ...trunkRow(), ...some, domainName: name && `${some.sid}.${name}` })),
  );
const url = fc
  .record({ number: fc.integer({ min: 1, max: 3 }), trunkSid: fc.constantFrom(...SIDS), enabled: fc.boolean() })
  .map(({ number, ...some }): OriginationUrl => ({ ...originationUrl(number), ...some }));
const number = fc
  .record({ at: fc.nat(1), trunkSid: fc.constantFrom(...SIDS, null) })
  .map(
    ({ at, trunkSid }): PhoneNumber => ({ sid: `PN${at}`, accountSid: "AC1", e164: NUMBERS[at] as string, trunkSid }),
  );
const permission = fc
  .record({ destination: fc.constantFrom("*", "US"), lowRisk: fc.boolean() })
  .map((some): DialingPermission => ({ accountSid: "AC1", highRiskSpecial: false, highRiskTollFraud: false, ...some }));

const change = fc.oneof(
  keyed("trunk", ({ sid }) => sid, trunk),
  keyed("originationUrl", ({ sid }) => sid, url),
  keyed("phoneNumber", ({ sid }) => sid, number),
  keyed("dialingPermission", ({ accountSid, destination }) => `${accountSid}/${destination}`, permission),
);

/** Everything that an overlay may answer differently. */
function told(directory: DirectoryReader): unknown {
  const names = SIDS.flatMap((sid) => DOMAINS.map((name) => `${sid}.${name}`));
  const bySid = <Row extends { readonly sid: string }>(rows: readonly Row[]): readonly Row[] =>
    [...rows].sort((one, other) => one.sid.localeCompare(other.sid));
  return {
    trunks: SIDS.map((sid) => directory.trunk(sid)),
    domains: names.map((name) => directory.trunkByDomain(name)),
    urls: SIDS.map((sid) => bySid(directory.originationUrls(sid))),
    numbers: NUMBERS.map((e164) => directory.phoneNumber(e164)),
    permissions: ["*", "US"].map((destination) => directory.dialingPermission("AC1", destination)),
    lists: SIDS.map((sid) => directory.hasCredentialList(sid)),
  };
}

describe("EVD-3: a directory with changes that nobody made", () => {
  it("answers as one in which they were made, whatever they are, and leaves the one below alone", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.array(change, { maxLength: 5 }), (had, wanted) => {
        const [below, changed] = [createDirectory(), createDirectory()];
        below.apply(had);
        changed.apply(had);
        const before = told(below);
        const over = told(overlay(below, wanted));
        changed.apply(wanted);
        expect(over).toEqual(told(changed));
        expect(told(below)).toEqual(before);
      }),
      { numRuns: 2_000 },
    );
  });
});
