import { describe, expect, it } from "vitest";
import { createDirectory } from "../directory/directory.ts";
import type { DialingPermission } from "../model.ts";
import { account, changes, sid } from "../rows.fixture.ts";
import { countryPermission } from "./geo-permission.ts";

const [PARENT, CHILD] = [sid("AC", 1), sid("AC", 2)];
const allowing = (accountSid: string, destination: string, kinds: string): DialingPermission => ({
  accountSid,
  destination,
  lowRisk: kinds.includes("l"),
  highRiskSpecial: kinds.includes("s"),
  highRiskTollFraud: kinds.includes("f"),
});

describe("TERM-13: what an account may call in a country", () => {
  const cases: [title: string, permissions: DialingPermission[], country: string, want: string][] = [
    ["nothing said: ordinary numbers of the home country", [], "US", "l"],
    ["nothing said: nothing elsewhere", [], "DE", ""],
    ["`*` stands for every country", [allowing(PARENT, "*", "ls")], "DE", "ls"],
    ["`*` closes the home country too", [allowing(PARENT, "*", "")], "US", ""],
    ["the country goes before `*`", [allowing(PARENT, "*", "lsf"), allowing(PARENT, "DE", "f")], "DE", "f"],
    ["a prefix says nothing of its country", [allowing(PARENT, "+49", "lsf")], "DE", ""],
    ["the parent's, which a subaccount inherits", [allowing(CHILD, "DE", ""), allowing(PARENT, "DE", "l")], "DE", "l"],
  ];
  it.each(cases)("%s", (_title, permissions, country, want) => {
    const directory = createDirectory();
    directory.apply(
      changes([
        ["account", PARENT, account({ sid: PARENT })],
        ["account", CHILD, account({ sid: CHILD, parentSid: PARENT })],
        ...permissions.map((row) => ["dialingPermission", `${row.accountSid}/${row.destination}`, row] as const),
      ]),
    );
    expect(countryPermission(country, CHILD, directory)).toMatchObject({
      lowRisk: want.includes("l"),
      highRiskSpecial: want.includes("s"),
      highRiskTollFraud: want.includes("f"),
    });
  });
});
