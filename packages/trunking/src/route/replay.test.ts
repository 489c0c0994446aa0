import { describe, expect, it } from "vitest";
import type { OverlayChange } from "../directory/overlay.ts";
import type { Trunk } from "../model.ts";
import { originationUrl, TRUNK, ZONE } from "../rows.fixture.ts";
import { replay } from "./replay.ts";
import { CARRIER_ADDRESS, directoryOf, facts, OWNED } from "./world.fixture.ts";

const directory = directoryOf({ acl: ["203.0.113.0/24"], urls: [originationUrl(1), originationUrl(2)] });
const out = {
  ...{ source: "203.0.113.7", requestUri: `sip:+14155550100@acme.pstn.${ZONE}`, from: OWNED },
  ...{ to: null, atMs: 0, secure: false },
};
const into = { ...out, source: CARRIER_ADDRESS, requestUri: `sip:${OWNED}@198.51.100.1:5060`, from: "+14155550100" };

const trunk = (change: Partial<Trunk>): OverlayChange => {
  const row = directory.trunk(TRUNK);
  if (!row) throw new Error("the world has no trunk");
  return { seq: 0, entity: "trunk", key: TRUNK, row: { ...row, ...change } };
};

describe("EVD-3: what would change", () => {
  it.each<[title: string, call: typeof out, changes: readonly OverlayChange[], after: object]>([
    ["nothing", out, [], { kind: "pass" }],
    ["a trunk made secure", out, [trunk({ secure: true })], { kind: "refuse", sipStatus: 488, errorCode: 32209 }],
    ["another domain", out, [trunk({ domainName: `new.pstn.${ZONE}` })], { kind: "drop" }],
    [
      "a URL switched off",
      into,
      [{ seq: 0, entity: "originationUrl", key: originationUrl(1).sid, row: { ...originationUrl(1), enabled: false } }],
      { kind: "pass", targets: [`sip:${OWNED}@pbx2.example.com`] },
    ],
  ])("%s", (_title, call, changes, after) => {
    const [found] = replay([call], changes, directory, facts());
    expect(found?.before.kind).toBe("pass");
    expect(found?.after).toMatchObject(after);
  });

  it("a call that cannot be read is judged by nobody", () => {
    expect(replay([{ ...out, source: "pbx" }], [], directory, facts())).toEqual([null]);
  });
});
