import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { acmeSettings } from "./acme-settings.ts";
import { recordingsPlace, withoutLogin } from "./recordings-place.ts";
import { type Role, SETTINGS, SettingError, type Settings } from "./settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings from the environment and, below it, from the YAML file named by `TRUNKLINE_CONFIG` (same keys; variables win).
 *
 * Throws `SettingError` with one line that says what is wrong, where and what to do: a wrong value stops the start.
 */
export function readSettings(environment: Environment): Settings {
  const file = readFile(environment["TRUNKLINE_CONFIG"]);
  const read: Record<string, unknown> = {};
  for (const { variable, key, fallback, read: parseValue } of SETTINGS) {
    const fromEnvironment = environment[variable];
    const given = fromEnvironment ?? file.values[variable] ?? fallback;
    if (given === undefined || (given === "" && fallback === undefined)) continue;
    const value: unknown = parseValue(given);
    if (isWrong(value)) {
      const place = fromEnvironment === undefined ? `${file.name}: ${variable}` : variable;
      throw new SettingError(`${place}=${shown(variable, given)}: ${value.wrong}`);
    }
    read[key] = value;
  }
  const settings = {
    tlsCert: undefined,
    tlsKey: undefined,
    tlsClientCa: undefined,
    tlsCiphers: undefined,
    acmeDirectory: undefined,
    acmeEmail: undefined,
    acmeDnsHook: undefined,
    acmeCa: undefined,
    databaseUrl: undefined,
    recordingsUrl: undefined,
    s3AccessKeyId: undefined,
    s3SecretAccessKey: undefined,
    s3Region: undefined,
    operatorSid: undefined,
    operatorToken: undefined,
    demoPassword: undefined,
    allowPrivateWebhooks: read["demo"],
    publicUrl: undefined,
    ...read,
  } as Settings;
  checkTogether(settings);
  return settings;
}

/** A private connection has an address of its own, and the media plane has to be one that can be told to use it. */
function checkInterconnects({ interconnects, bind, media }: Settings): void {
  const shared = interconnects.find(({ address }) => bind.includes(address));
  if (shared !== undefined) {
    throw new SettingError(
      `TRUNKLINE_INTERCONNECTS: ${shared.address} is in TRUNKLINE_BIND too; nothing but its own calls may leave from a private connection, so give it an address of its own`,
    );
  }
  if (interconnects.length > 0 && media.kind !== "embedded") {
    throw new SettingError(
      "TRUNKLINE_INTERCONNECTS: media of private connections needs TRUNKLINE_MEDIA=embedded; rtpengine chooses its addresses itself",
    );
  }
}

function checkTogether(settings: Settings): void {
  if (settings.bind.length === 0) throw new SettingError("TRUNKLINE_BIND: give at least one address");
  if (settings.advertise.length !== 0 && settings.advertise.length !== settings.bind.length) {
    throw new SettingError(
      `TRUNKLINE_ADVERTISE has ${settings.advertise.length} addresses and TRUNKLINE_BIND ${settings.bind.length}: give one for each, in the same order`,
    );
  }
  const wildcard = settings.bind.findIndex((address) => address === "0.0.0.0" || address === "::");
  if (wildcard !== -1 && settings.advertise.length === 0) {
    throw new SettingError(
      `TRUNKLINE_BIND=${settings.bind[wildcard]}: nobody can send to that address, so say in TRUNKLINE_ADVERTISE which address callers reach`,
    );
  }
  checkInterconnects(settings);
  recordingsPlace(settings);
  acmeSettings(settings);
  if ((settings.tlsCert === undefined) !== (settings.tlsKey === undefined)) {
    throw new SettingError(
      "TRUNKLINE_TLS_CERT and TRUNKLINE_TLS_KEY belong together: give both, or none for a certificate of our own",
    );
  }
  if (settings.role !== ("all" satisfies Role) && settings.databaseUrl === undefined) {
    throw new SettingError(
      `TRUNKLINE_ROLE=${settings.role}: roles meet in a shared database, so set TRUNKLINE_DATABASE_URL=postgres://… (the embedded store serves one process)`,
    );
  }
}

function isWrong(value: unknown): value is { readonly wrong: string } {
  return typeof value === "object" && value !== null && "wrong" in value;
}

/** Secrets are never shown, not even wrong ones. */
function shown(variable: string, value: string): string {
  if (/TOKEN|PASSWORD|SECRET/.test(variable)) return "(hidden)";
  return /_(URL|DIRECTORY)$/.test(variable) ? withoutLogin(value) : value;
}

function readFile(name: string | undefined): {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
} {
  if (name === undefined || name === "") return { name: "", values: {} };
  let document: unknown;
  try {
    document = parse(readFileSync(name, "utf8"));
  } catch (cause) {
    throw new SettingError(
      `TRUNKLINE_CONFIG=${name}: ${cause instanceof Error ? (cause.message.split("\n")[0] ?? "") : "unreadable"}`,
      { cause },
    );
  }
  if (document === null || document === undefined) return { name, values: {} };
  if (typeof document !== "object" || Array.isArray(document)) {
    throw new SettingError(
      `TRUNKLINE_CONFIG=${name}: the file must hold lines such as TRUNKLINE_ZONE: sip.example.com`,
    );
  }
  const known = new Set(SETTINGS.map((setting) => setting.variable));
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(document)) {
    if (!known.has(key)) throw new SettingError(`${name}: unknown key ${key}; known are ${[...known].join(", ")}`);
    if (value === null) continue;
    if (Array.isArray(value)) values[key] = value.map(String).join(",");
    else if (typeof value === "object") throw new SettingError(`${name}: ${key} must be a plain value`);
    else values[key] = String(value);
  }
  return { name, values };
}
