import { readFileSync } from "node:fs";
import { eventually } from "./eventually.ts";
import { freeUdpPort } from "./platform.ts";
import type { Heard } from "./scripted-dialog.ts";
import { type SippRun, startSipp } from "./sipp.ts";
import { heardIn } from "./sipp-call.ts";

/** What a SIP server does with every call: answers, says nothing, or gives that final answer (`486 Busy Here`). */
export type Manner = "answers" | "silent" | `${number} ${string}`;

export type SippServer = {
  /** `sip:address:port`. */
  readonly uri: string;
  /** Ends it; gives the requests that came. */
  end(): Promise<readonly Heard[]>;
};

const MAX_CALLS = 1_000;

/** SIPp as somebody's SIP server over UDP, once it listens. */
export async function openSippServer(
  address: string,
  manner: Manner,
  headers: readonly string[] = [],
): Promise<SippServer> {
  const port = await freeUdpPort(address);
  const sipp = startSipp({
    ...scenarioOf(manner),
    ...{ address, port, calls: MAX_CALLS },
    keys: { headers: headers.map((line) => `\r\n${line}`).join("") },
    limitSec: 120,
  });
  await eventually(`SIPp at ${address}:${port}`, async () => isBound(address, port) || undefined);
  return {
    uri: `sip:${address}:${port}`,
    end: async () => {
      sipp.kill();
      return heardIn((await sipp.done).messages).filter(({ startLine }) => !startLine.startsWith("SIP/2.0"));
    },
  };
}

function scenarioOf(manner: Manner): Pick<SippRun, "scenario" | "words"> {
  if (manner === "answers") return { scenario: "uas.xml" };
  if (manner === "silent") return { scenario: "silent.xml" };
  return { scenario: "refusing.xml", words: { status: manner.slice(0, 3), phrase: manner.slice(4) } };
}

/** Whether there is a UDP socket at that IPv4 address: an INVITE that comes before is answered by ICMP, and the target counts as dead. */
function isBound(address: string, port: number): boolean {
  const bytes = [...address.split(".").map(Number).reverse(), port >> 8, port & 0xff];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0").toUpperCase()).join("");
  return readFileSync("/proc/net/udp", "latin1").includes(` ${hex.slice(0, 8)}:${hex.slice(8)} `);
}
