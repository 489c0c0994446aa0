import { createDirectory } from "../directory/directory.ts";
import type { DirectoryIndex } from "../directory/directory.types.ts";
import type {
  Account,
  AccountSettings,
  CallLimit,
  Carrier,
  CarrierDress,
  CarrierPrefix,
  CarrierTarget,
  DialingPermission,
  OriginationUrl,
  PublicKey,
  Trunk,
} from "../model.ts";
import { ACCOUNT, account, carrier, changes, sid, TRUNK, trunk, type WrittenRow, ZONE } from "../rows.fixture.ts";
import type { TraceStep } from "../trace.ts";
import type { CallRequest, Decision, Facts, Party } from "./types.ts";

/** What the small world of a routing test consists of, beside one account with `+12025550100` and `+12025550101` (verified). */
export type World = {
  readonly account?: Partial<Account>;
  readonly parent?: Account;
  readonly trunk?: Partial<Trunk>;
  /** Blocks of the trunk's access control list; absent: no list. */
  readonly acl?: readonly string[];
  /** User names in the trunk's credential lists, one list each; absent: none. */
  readonly users?: readonly string[];
  readonly urls?: readonly OriginationUrl[];
  readonly carriers?: readonly {
    readonly row: Carrier;
    readonly prefixes: readonly (string | Pick<CarrierPrefix, "prefix" | "costMicros">)[];
    readonly targets: readonly Partial<CarrierTarget>[];
  }[];
  readonly limits?: readonly CallLimit[];
  readonly settings?: readonly AccountSettings[];
  readonly publicKeys?: readonly PublicKey[];
  /** Where the account may call; absent: everywhere at home. */
  readonly permissions?: readonly Partial<DialingPermission>[];
  readonly dresses?: readonly CarrierDress[];
  /** Names, one of which the certificate of a calling peer must bear; absent: no row. */
  readonly clientNames?: readonly string[];
  /** Of `+12025550100`; default the trunk. */
  readonly numberOnTrunk?: string | null;
};

export const OWNED = "+12025550100";
export const VERIFIED = "+12025550101";
export const FOREIGN = "+12025550102";
export const CARRIER_ADDRESS = "192.0.2.1";

/** One carrier of all numbers, as the simulated PSTN is. */
export const PSTN = {
  row: carrier(1, { friendlyName: "PSTN" }),
  prefixes: [""],
  targets: [{ sipUrl: "sip:192.0.2.1:5070" }],
};

export function directoryOf(world: World): DirectoryIndex {
  const directory = createDirectory();
  const rows: WrittenRow[] = [
    ["account", ACCOUNT, account(world.account)],
    ["account", sid("AC", 2), account({ sid: sid("AC", 2) })],
    ["trunk", TRUNK, trunk(world.trunk)],
    ["edgeLocation", "tokyo", { name: "tokyo", aliases: ["jp1"] }],
    number(1, ACCOUNT, OWNED, world.numberOnTrunk === undefined ? TRUNK : world.numberOnTrunk),
    number(2, sid("AC", 2), FOREIGN, null),
    ["callerId", sid("PN", 3), { sid: sid("PN", 3), accountSid: ACCOUNT, e164: VERIFIED }],
  ];
  if (world.parent) rows.push(["account", world.parent.sid, world.parent]);
  rows.push(...accessRows(world), ...carrierRows(world), ...decisionRows(world));
  for (const url of world.urls ?? []) rows.push(["originationUrl", url.sid, url]);
  directory.apply(changes(rows));
  return directory;
}

function number(index: number, accountSid: string, e164: string, trunkSid: string | null): WrittenRow {
  return ["phoneNumber", sid("PN", index), { sid: sid("PN", index), accountSid, e164, trunkSid }];
}

function decisionRows(world: World): readonly WrittenRow[] {
  return [
    ...(world.limits ?? []).map((row): WrittenRow => ["callLimit", row.ownerSid, row]),
    ...(world.publicKeys ?? []).map((row): WrittenRow => ["publicKey", row.sid, row]),
    ...(world.settings ?? []).map((row): WrittenRow => ["accountSettings", row.accountSid, row]),
    ...(world.clientNames
      ? [["trunkTls", TRUNK, { trunkSid: TRUNK, ownCertificate: false, clientNames: world.clientNames }] as WrittenRow]
      : []),
    ...(world.dresses ?? []).map((row): WrittenRow => ["carrierDress", row.carrierSid, row]),
    ...(world.permissions ?? []).map((change): WrittenRow => {
      const row = { ...PERMISSION, ...change };
      return ["dialingPermission", `${row.accountSid}/${row.destination}`, row];
    }),
  ];
}

const PERMISSION: DialingPermission = {
  accountSid: ACCOUNT,
  destination: "*",
  lowRisk: true,
  highRiskSpecial: false,
  highRiskTollFraud: false,
};

function accessRows(world: World): readonly WrittenRow[] {
  const listSid = sid("AL", 1);
  const acl = (world.acl ?? []).map((cidr, index): WrittenRow => {
    const [ipAddress = "", length] = cidr.split("/");
    const entry = { sid: sid("IP", index), listSid, friendlyName: cidr, ipAddress, cidrPrefixLength: Number(length) };
    return ["ipAddress", entry.sid, entry];
  });
  const users = (world.users ?? []).flatMap((username, index): WrittenRow[] => {
    const [credentialSid, list] = [sid("CR", index), sid("CL", index)];
    return [
      ["trunkCredentialList", `${TRUNK}/${list}`, { trunkSid: TRUNK, listSid: list }],
      [
        "credential",
        credentialSid,
        { sid: credentialSid, listSid: list, username, ha1Md5: `md5 ${index}`, ha1Sha256: `sha ${index}` },
      ],
    ];
  });
  const link: WrittenRow = ["trunkIpAccessControlList", `${TRUNK}/${listSid}`, { trunkSid: TRUNK, listSid }];
  return [...(world.acl ? [link] : []), ...acl, ...users];
}

function carrierRows(world: World): readonly WrittenRow[] {
  return (world.carriers ?? [PSTN]).flatMap(({ row, prefixes, targets }): WrittenRow[] => {
    const carrierSid = row.sid;
    const source = { sid: `CS${carrierSid}`, carrierSid, cidr: `${CARRIER_ADDRESS}/32`, port: null };
    return [
      ["carrier", carrierSid, row],
      ["carrierSource", source.sid, source],
      ...prefixes.map((given): WrittenRow => {
        const { prefix, costMicros } = typeof given === "string" ? { prefix: given, costMicros: 0 } : given;
        const key = `CF${carrierSid}${prefix}`;
        return ["carrierPrefix", key, { sid: key, carrierSid, prefix, costMicros }];
      }),
      ...targets.map((target, index): WrittenRow => {
        const key = `CT${carrierSid}${index}`;
        return ["carrierTarget", key, { sid: key, carrierSid, sipUrl: "", priority: 10, weight: 10, ...target }];
      }),
    ];
  });
}

/** A header with a URI of ours: `party("+1…")`, `party("anonymous", "anonymous.invalid")`, or null for one without user part. */
export function party(user: string | null, host = "pbx.example.com", displayName: string | null = null): Party {
  return { displayName, user, host, raw: `<sip:${user === null ? "" : `${user}@`}${host}>` };
}

/** A good termination call: right domain, right source, owned caller ID. */
export function terminationRequest(change: Partial<CallRequest> = {}): CallRequest {
  return {
    sid: sid("CA", 1),
    transport: "udp",
    sourceAddress: "203.0.113.7",
    sourcePort: 5060,
    localAddress: "198.51.100.1",
    sipCallId: "a@pbx",
    requestUri: { scheme: "sip", user: "+14155550100", host: `acme.pstn.${ZONE}`, port: null },
    from: party(OWNED),
    to: party("+14155550100", `acme.pstn.${ZONE}`),
    remotePartyId: null,
    assertedIdentity: null,
    privacy: [],
    diversions: [],
    maxForwards: 70,
    credentials: null,
    ...change,
  };
}

/** A good origination call: from the carrier, to the number on the trunk. */
export function originationRequest(change: Partial<CallRequest> = {}): CallRequest {
  return terminationRequest({
    sourceAddress: CARRIER_ADDRESS,
    sourcePort: 5070,
    requestUri: { scheme: "sip", user: OWNED, host: "198.51.100.1", port: 5060 },
    from: party("+14155550100", "carrier.example"),
    to: party(OWNED, "198.51.100.1"),
    ...change,
  });
}

export function facts(change: Partial<Facts> = {}): Facts {
  return {
    random: () => 0,
    verifyDigest: () => ({ kind: "wrong", why: "unexpected" }),
    zone: ZONE,
    edge: "local",
    ownHosts: new Set([`sip.${ZONE}`, "198.51.100.1"]),
    ...change,
  };
}

/** A decision in one line, as the tables write it. */
export function told(decision: Decision): string {
  switch (decision.kind) {
    case "drop":
      return "silence";
    case "challenge":
      return decision.stale ? "407 stale" : "407";
    case "refuse":
      return `${decision.rejection.status} ${decision.rejection.phrase} (${decision.rejection.code ?? "no code"})`;
    case "dial":
      return `dial ${decision.attempts.map((attempt) => attempt.uri).join(" ")}`;
    default:
      return decision satisfies never;
  }
}

/** The trace in one line: `trunk+ acl- …` with + passed, - refused, ~ skipped, i information. */
export function traceOf(decision: Decision): string {
  if (decision.kind === "drop") return "";
  const mark: Record<TraceStep["verdict"], string> = { pass: "+", refuse: "-", skip: "~", info: "i" };
  return decision.trace.map((step) => step.rule.replace(/^\w+\./, "") + mark[step.verdict]).join(" ");
}
