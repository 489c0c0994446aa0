import { describe, expect, it } from "vitest";
import { checkDomainName } from "./domain-name.ts";

const zone = "trunkline.localhost";

describe("TRK-2: domain names of trunks", () => {
  it.each<[text: string, domainName: string, parent: string | null]>([
    ["demo.pstn.trunkline.localhost", "demo.pstn.trunkline.localhost", null],
    [" My-PBX-2.PSTN.Trunkline.Localhost ", "my-pbx-2.pstn.trunkline.localhost", null],
    ["0.pstn.trunkline.localhost", "0.pstn.trunkline.localhost", null],
    ["tokyo.acme.pstn.trunkline.localhost", "tokyo.acme.pstn.trunkline.localhost", "acme.pstn.trunkline.localhost"],
  ])("%j is taken", (text, domainName, parentDomainName) => {
    expect(checkDomainName(text, zone)).toEqual({ kind: "ok", domainName, parentDomainName });
  });

  it.each<[text: string, why: RegExp]>([
    ["demo", /must end in "\.pstn\.trunkline\.localhost"/],
    ["demo.pstn.twilio.com", /must end in/],
    ["demo.pstn.trunkline.localhost.evil.example", /must end in/],
    ["demopstn.trunkline.localhost", /must end in/],
    [".pstn.trunkline.localhost", /has no name before/],
    ["pstn.trunkline.localhost", /has no name before/],
    ["demo.pstn.tokyo.trunkline.localhost", /localized form, which every trunk has already/],
    ["demo.pstn.us1.trunkline.localhost", /localized form/],
    ["my_pbx.pstn.trunkline.localhost", /The character "_" is not allowed/],
    ["my pbx.pstn.trunkline.localhost", /The character " " is not allowed/],
    ["電話.pstn.trunkline.localhost", /The character "電" is not allowed/],
    ["-demo.pstn.trunkline.localhost", /begins or ends with a dash/],
    ["demo-.pstn.trunkline.localhost", /begins or ends with a dash/],
    ["a..pstn.trunkline.localhost", /There is an empty part/],
    [".a.pstn.trunkline.localhost", /There is an empty part/],
    ["a.b.c.pstn.trunkline.localhost", /too many levels/],
    ["a.pstn.pstn.trunkline.localhost", /"pstn" is reserved/],
    [`${"a".repeat(64)}.pstn.trunkline.localhost`, /has 64 characters \(DNS allows 63\)/],
    [`${"a".repeat(240)}.pstn.trunkline.localhost`, /DNS allows 253/],
  ])("%j is refused: %s", (text, why) => {
    expect(checkDomainName(text, zone)).toMatchObject({ kind: "invalid", why: expect.stringMatching(why) });
  });
});
