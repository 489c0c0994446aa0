import { certificate } from "./certificates.ts";
import { type Check, type Finding, fail, type Patient, whyOf } from "./finding.ts";
import { clock, dataDirectory, fileLimit, runtime } from "./machine.ts";
import { zone } from "./names.ts";
import { addresses, mediaPorts, ports } from "./network.ts";
import { database, platform } from "./platform.ts";

/** In the order that people read them in. */
const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ["node", runtime],
  ["platform", platform],
  ["data directory", dataDirectory],
  ["database", database],
  ["address", addresses],
  ["port", ports],
  ["media ports", mediaPorts],
  ["dns", zone],
  ["certificate", certificate],
  ["clock", clock],
  ["open files", fileLimit],
];

/** Runs all checks. One that fails itself is a finding too. */
export async function examine(patient: Patient): Promise<readonly Finding[]> {
  const found = await Promise.all(
    CHECKS.map(([name, check]) =>
      check(patient).catch((error: unknown) => [
        fail(name, `could not be checked (${whyOf(error)})`, "see what the message says; the other checks count"),
      ]),
    ),
  );
  return found.flat();
}
