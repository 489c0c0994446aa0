import { describe, expect, it } from "vitest";
import { describePlan, describeStep } from "./describe-plan.ts";
import { type KindName, partsOf } from "./kinds.ts";
import { type PlanOptions, planOf } from "./plan.ts";
import { readDocument } from "./read-document.ts";

const ALL: ReadonlySet<KindName> = new Set(partsOf(null));

function plan(from: string, to: string, options: Partial<PlanOptions> = {}) {
  const read = (text: string) => readDocument(`trunkline: 1\n${text}`, "plan.yaml");
  const declared = read(to);
  const fixed = { roots: declared.roots, prune: false, setPasswords: false };
  return planOf(declared.items, read(from).items, { ...fixed, ...options });
}

const steps = (...args: Parameters<typeof plan>): readonly string[] =>
  plan(...args).steps.flatMap((step) => [
    describeStep(step).trim(),
    ...(step.action === "change"
      ? step.changes.map(({ field, from, to }) => `${field}: ${JSON.stringify(from)} -> ${JSON.stringify(to)}`)
      : []),
  ]);

const OFFICE = "trunks: {Office: {domain: office, origination_urls: {first: {sip_url: 'sip:192.0.2.1'}}}}";

describe("API-5: the plan from what is there to what the file says", () => {
  const cases: [title: string, from: string, to: string, options: Partial<PlanOptions>, want: string[]][] = [
    ["nothing to do", OFFICE, OFFICE, { prune: true }, []],
    [
      "what is referred to is made first",
      "",
      "numbers: {'+12025550100': {trunk: Office}}\ntrunks: {Office: {credential_lists: [PBX]}}\ncredential_lists: {PBX: {}}",
      {},
      [
        '+ credential list "PBX"',
        '+ trunk "Office"',
        '+ credential list "PBX" on trunk "Office"',
        '+ number "+12025550100"',
      ],
    ],
    [
      "a trunk below another one's domain is made after it",
      "",
      "trunks: {A: {domain: branch.office}, B: {domain: office}}",
      {},
      ['+ trunk "B"', '+ trunk "A"'],
    ],
    [
      "a field that the file leaves out is the default again",
      "trunks: {Office: {secure: true, failover_codes: [486]}}",
      "trunks: {Office: {}}",
      {},
      ['~ trunk "Office"', "secure: true -> false", "failover_codes: [486] -> null"],
    ],
    ["without --prune nothing is deleted", OFFICE, "trunks: {}", {}, []],
    ["what goes with its trunk has no step of its own", OFFICE, "trunks: {}", { prune: true }, ['- trunk "Office"']],
    ["a section that the file lacks is left alone", OFFICE, "numbers: {}", { prune: true }, []],
    [
      "deleted last, and what refers to a thing before it",
      "credential_lists: {PBX: {}}\ntrunks: {Office: {credential_lists: [PBX]}}",
      "credential_lists: {}\ntrunks: {Office: {}, New: {}}",
      { prune: true },
      ['+ trunk "New"', '- credential list "PBX" on trunk "Office"', '- credential list "PBX"'],
    ],
    [
      "what holds the domain that another trunk gets makes room",
      OFFICE,
      "trunks: {Renamed: {domain: office}}",
      { prune: true },
      ['- trunk "Office"', '+ trunk "Renamed"'],
    ],
    [
      "an address makes room within its list alone",
      "ip_access_control_lists: {A: {addresses: {old: {address: 192.0.2.1}}}, B: {addresses: {old: {address: 192.0.2.1}}}}",
      "ip_access_control_lists: {A: {addresses: {new: {address: 192.0.2.1/32}}}, B: {}}",
      { prune: true },
      [
        '- address "old" of IP access control list "A"',
        '+ address "new" of IP access control list "A"',
        '- address "old" of IP access control list "B"',
      ],
    ],
    [
      "passwords that are set are not looked at",
      "credential_lists: {PBX: {credentials: {alice: {}}}}",
      "credential_lists: {PBX: {credentials: {alice: {password: 'file:P'}}}}",
      {},
      [],
    ],
    [
      "unless they are to be set again",
      "credential_lists: {PBX: {credentials: {alice: {}}}}",
      "credential_lists: {PBX: {credentials: {alice: {password: 'file:P'}}}}",
      { setPasswords: true },
      ['~ credential "alice" of credential list "PBX"', 'password: null -> {"from":"file","name":"P"}'],
    ],
    [
      "a new user name takes its password along",
      "trunks: {Office: {username: old, password: 'file:P'}}",
      "trunks: {Office: {username: new, password: 'file:P'}}",
      {},
      ['~ trunk "Office"', 'username: "old" -> "new"', 'password: null -> {"from":"file","name":"P"}'],
    ],
    [
      "settings are changed, never made or deleted",
      "settings: {home_country: JP}",
      "settings: {}",
      { prune: true, roots: ALL },
      ["~ account settings", 'home_country: "JP" -> "US"'],
    ],
  ];
  it.each(cases)("%s", (_title, from, to, options, want) => {
    expect(steps(from, to, options)).toEqual(want);
  });

  it("shows a name that would act on a terminal, or turn the text around, as what it is", () => {
    const { steps: made } = plan("", 'trunks: {"a\\u001b[2J\\u009b1m\\u202eb": {}}');
    expect(describePlan({ steps: made, kept: [], problems: [] })).toContain('+ trunk "a\\u001b[2J\\u009b1m\\u202eb"');
  });

  it("says what stays although the file does not have it", () => {
    expect(plan(OFFICE, "trunks: {}").kept.map(({ path }) => path)).toEqual([["Office"]]);
  });

  const refused: [title: string, from: string, to: string, prune: boolean, problem: RegExp][] = [
    [
      "a list that is nowhere",
      "",
      "trunks: {Office: {credential_lists: [PBX]}}",
      false,
      /there is no credential list "PBX"/,
    ],
    [
      "a trunk that is about to go",
      OFFICE,
      "trunks: {}\nnumbers: {'+12025550100': {trunk: Office}}",
      true,
      /no trunk "Office"/,
    ],
    [
      "a new user without a password",
      "",
      "credential_lists: {PBX: {credentials: {alice: {}}}}",
      false,
      /"alice" .* needs a password/,
    ],
    [
      "a new trunk's user without a password",
      "",
      "trunks: {Office: {username: us}}",
      false,
      /trunk "Office": it is new and needs/,
    ],
    [
      "what is set once for ever",
      "carriers: {Inside: {}}",
      "carriers: {Inside: {own_numbers_only: true}}",
      false,
      /own_numbers_only cannot be changed/,
    ],
  ];
  it.each(refused)("refuses %s", (_title, from, to, prune, problem) => {
    expect(plan(from, to, { prune }).problems.join("\n")).toMatch(problem);
  });
});
