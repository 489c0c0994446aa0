import { type Invalid, invalid } from "./invalid.ts";

export type TrunkDomainName = {
  readonly kind: "ok";
  /** Whole name in lower case. */
  readonly domainName: string;
  /** For `a.b.pstn.{zone}`: `b.pstn.{zone}`, which must exist in the same or the parent account (TRK-2). */
  readonly parentDomainName: string | null;
};

/** RFC 1035 §2.3.4. */
const MAX_NAME_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;

/** What every trunk domain of the installation ends in. */
export function trunkDomainSuffix(zone: string): string {
  return `.pstn.${zone.toLowerCase()}`;
}

/**
 * Checks the form of a trunk's domain name (TRK-2): letters, digits and dashes, ending in `.pstn.{zone}`, at most one level below
 * another trunk. Whether the name is free and its parent exists is the store's to say.
 */
export function checkDomainName(text: string, zone: string): TrunkDomainName | Invalid {
  const name = text.trim().toLowerCase();
  const suffix = trunkDomainSuffix(zone);
  if (name === suffix.slice(1) || name === suffix)
    return invalid(`"${text}" has no name before "${suffix}". Write name${suffix}.`);
  if (!name.endsWith(suffix)) return invalid(whySuffix(text, name, zone));
  if (name.length > MAX_NAME_LENGTH) {
    return invalid(`The domain name has ${name.length} characters; DNS allows ${MAX_NAME_LENGTH}. Shorten it.`);
  }
  const labels = name.slice(0, -suffix.length).split(".");
  if (labels.length > 2) {
    return invalid(`"${text}" has too many levels. A trunk can be one level below another (a.b${suffix}), not more.`);
  }
  for (const label of labels) {
    const why = whyLabel(label);
    if (why)
      return invalid(
        `${why} in the domain name "${text}". Use letters, digits and dashes, for example my-pbx${suffix}.`,
      );
  }
  if (labels.includes("pstn")) return invalid(`"pstn" is reserved in the domain name "${text}". Choose another name.`);
  const parent = labels[1];
  return { kind: "ok", domainName: name, parentDomainName: parent === undefined ? null : `${parent}${suffix}` };
}

function whySuffix(text: string, name: string, zone: string): string {
  const suffix = trunkDomainSuffix(zone);
  const localized = name.endsWith(`.${zone.toLowerCase()}`) && /\.pstn\.[^.]+$/.test(name.slice(0, -zone.length - 1));
  if (!localized) return `The domain name "${text}" must end in "${suffix}".`;
  return `"${text}" is a localized form, which every trunk has already. Choose a name ending in "${suffix}".`;
}

function whyLabel(label: string): string | undefined {
  if (label === "") return "There is an empty part";
  if (label.length > MAX_LABEL_LENGTH) return `A part has ${label.length} characters (DNS allows ${MAX_LABEL_LENGTH})`;
  const odd = /[^a-z0-9-]/u.exec(label);
  if (odd) return `The character "${odd[0]}" is not allowed`;
  if (label.startsWith("-") || label.endsWith("-")) return `"${label}" begins or ends with a dash`;
  return undefined;
}
