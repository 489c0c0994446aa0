/** What the store counts: every use of the platform is in one of these, and an encrypted recording in its own besides. */
type CountedCategory =
  | "trunking-termination"
  | "trunking-origination-local"
  | "trunking-origination-mobile"
  | "trunking-origination-tollfree"
  | "trunking-recordings"
  | "recordings-encrypted"
  | "phonenumbers-local"
  | "phonenumbers-mobile"
  | "phonenumbers-tollfree"
  | "phonenumbers-national";

/** A category that clients see (contract §13): the sum of counted ones. */
export type UsageCategory = {
  readonly name: string;
  readonly description: string;
  readonly countUnit: string;
  readonly usageUnit: string;
  readonly of: readonly CountedCategory[];
};

const TERMINATION = ["trunking-termination"] as const;
const ORIGINATION = [
  "trunking-origination-local",
  "trunking-origination-mobile",
  "trunking-origination-tollfree",
] as const;
const RECORDINGS = ["trunking-recordings"] as const;
const NUMBERS = [
  "phonenumbers-local",
  "phonenumbers-mobile",
  "phonenumbers-tollfree",
  "phonenumbers-national",
] as const;

const calls = (name: string, description: string, of: readonly CountedCategory[]): UsageCategory => ({
  name,
  description,
  countUnit: "calls",
  usageUnit: "minutes",
  of,
});
const recordings = (name: string, description: string, of: readonly CountedCategory[]): UsageCategory => ({
  name,
  description,
  countUnit: "recordings",
  usageUnit: "minutes",
  of,
});
const numbers = (name: string, description: string, of: readonly CountedCategory[]): UsageCategory => ({
  name,
  description,
  countUnit: "number-months",
  usageUnit: "number-months",
  of,
});

/** Every category there is usage of, by name. Names are Twilio's. */
export const USAGE_CATEGORIES: readonly UsageCategory[] = [
  calls("calls", "Calls", [...TERMINATION, ...ORIGINATION]),
  calls("calls-inbound", "Inbound calls", ORIGINATION),
  calls("calls-inbound-local", "Inbound calls to local numbers", ["trunking-origination-local"]),
  calls("calls-inbound-mobile", "Inbound calls to mobile numbers", ["trunking-origination-mobile"]),
  calls("calls-inbound-tollfree", "Inbound calls to toll-free numbers", ["trunking-origination-tollfree"]),
  calls("calls-outbound", "Outbound calls", TERMINATION),
  calls("elastic-sip-trunking", "Elastic SIP trunking", [...TERMINATION, ...ORIGINATION]),
  numbers("phonenumbers", "Phone numbers", NUMBERS),
  numbers("phonenumbers-local", "Local phone numbers", ["phonenumbers-local"]),
  numbers("phonenumbers-mobile", "Mobile phone numbers", ["phonenumbers-mobile"]),
  numbers("phonenumbers-tollfree", "Toll-free phone numbers", ["phonenumbers-tollfree"]),
  recordings("recordings", "Recordings", RECORDINGS),
  recordings("recordings-encrypted", "Encrypted recordings", ["recordings-encrypted"]),
  {
    name: "totalprice",
    description: "Total price",
    countUnit: "",
    usageUnit: "usd",
    of: [...TERMINATION, ...ORIGINATION, ...RECORDINGS, "recordings-encrypted", ...NUMBERS],
  },
  calls("trunking-origination", "Trunk origination", ORIGINATION),
  calls("trunking-origination-local", "Trunk origination to local numbers", ["trunking-origination-local"]),
  calls("trunking-origination-mobile", "Trunk origination to mobile numbers", ["trunking-origination-mobile"]),
  calls("trunking-origination-tollfree", "Trunk origination to toll-free numbers", ["trunking-origination-tollfree"]),
  recordings("trunking-recordings", "Trunk recordings", RECORDINGS),
  calls("trunking-termination", "Trunk termination", TERMINATION),
];

const BY_NAME: ReadonlyMap<string, UsageCategory> = new Map(USAGE_CATEGORIES.map((one) => [one.name, one]));

/** Undefined for a name of nothing that is counted here. */
export function usageCategory(name: string): UsageCategory | undefined {
  return BY_NAME.get(name);
}

/** What was used of something: how often, how much in the category's unit, and for how much money. */
export type Usage = { readonly count: number; readonly usage: number; readonly priceMicros: number };

/**
 * Adds up a category. The category `totalprice` has a price alone, which its usage is too, in millionths no more.
 *
 * @param counted what was used of each counted category; absent: nothing
 */
export function usageOf(category: UsageCategory, counted: ReadonlyMap<string, Usage>): Usage {
  const total = { count: 0, usage: 0, priceMicros: 0 };
  for (const name of category.of) {
    const part = counted.get(name);
    if (part === undefined) continue;
    total.count += part.count;
    total.usage += part.usage;
    total.priceMicros += part.priceMicros;
  }
  if (category.name !== "totalprice") return total;
  return { count: 0, usage: total.priceMicros / 1_000_000, priceMicros: total.priceMicros };
}
