import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trunkline } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";

const run = promisify(execFile);

type Ladder = {
  readonly state: "live" | "complete" | "none";
  readonly dropped: number;
  readonly legs: readonly { readonly leg: string; readonly attempt: number; readonly name: string | null }[];
  readonly messages: readonly {
    readonly leg: "a" | "b";
    readonly direction: "received" | "sent";
    readonly at_ms: number;
    readonly method: string | null;
    readonly status: number | null;
    readonly cseq: string;
    readonly retransmission: boolean;
    readonly has_sdp: boolean;
    readonly text: string;
  }[];
};

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
}, 90_000);
afterAll(() => platform?.stop());

const ladderOf = (callSid: string): Promise<Ladder> => platform.get(`/trunkline/v1/Calls/${callSid}/Ladder`);

/** One message in a word, as in a drawn ladder. */
function words({ messages }: Ladder, leg: "a" | "b"): string[] {
  return messages
    .filter((message) => message.leg === leg && !message.retransmission)
    .map(({ direction, method, status }) => `${direction === "received" ? ">" : "<"}${method ?? status}`);
}

describe("EVD-2: the SIP messages of a call", () => {
  it("of both legs, with the challenge before it and its end; secrets masked; the same as PCAP", async () => {
    const report = await call("+15005552300", "--seconds", "2");
    const ladder = await complete(report.callSid, "<200", ">200");
    expect(words(ladder, "a").filter((word) => word !== "<180" && word !== "<183")).toEqual([
      ">INVITE",
      "<407",
      ">ACK",
      ">INVITE",
      "<100",
      "<200",
      ">ACK",
      ">BYE",
      "<200",
    ]);
    expect(words(ladder, "b").filter((word) => word !== ">100" && word !== ">180")).toEqual([
      "<INVITE",
      ">200",
      "<ACK",
      "<BYE",
      ">200",
    ]);
    expect(ladder.legs.map(({ leg, attempt }) => `${leg}${attempt}`)).toEqual(["a0", "b1"]);
    expect(ladder.dropped).toBe(0);
    const text = ladder.messages.map((message) => message.text).join("\n");
    expect(text).toContain(`username="${platform.demo.username}"`);
    expect(text).not.toMatch(/\bresponse="/);
    const times = ladder.messages.map((message) => message.at_ms);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(times[0]).toBe(0);
    const seen = await wireshark(report.callSid);
    expect(seen.filter((line) => line.startsWith("SIP"))).toHaveLength(ladder.messages.length);
    expect(seen.filter((line) => line.includes("Malformed"))).toEqual([]);
  });

  it("of a call that runs, so far", async () => {
    const calling = call("+15005552300", "--seconds", "4");
    const live = await eventually("the ladder of a live call", async () => {
      const { live_calls: calls } = await platform.get<{ live_calls: { sid: string }[] }>("/trunkline/v1/LiveCalls");
      const ladder = calls[0] && (await ladderOf(calls[0].sid));
      return ladder?.messages.some(({ leg, status }) => leg === "a" && status === 200) ? ladder : undefined;
    });
    expect(live.state).toBe("live");
    expect(words(live, "a")).not.toContain(">BYE");
    const report = await calling;
    expect(words(await complete(report.callSid, "<200", ">200"), "a")).toContain(">BYE");
  });

  it("of a call that the carrier refuses, and of one that we refuse", async () => {
    const busy = await call("+15005551486");
    const ladder = await complete(busy.callSid, ">ACK", "<ACK");
    expect(words(ladder, "a").slice(-2)).toEqual(["<486", ">ACK"]);
    expect(words(ladder, "b").slice(-2)).toEqual([">486", "<ACK"]);
    const refused = await call("+15005552300", "--from", "+12025550123");
    expect(refused.status).toBe(403);
    const ours = await complete(refused.callSid, ">ACK");
    expect(words(ours, "a")).toEqual([">INVITE", "<407", ">ACK", ">INVITE", "<100", "<403", ">ACK"]);
    expect(words(ours, "b")).toEqual([]);
  });

  it("is another account's business to nobody, and of an unknown call there is none", async () => {
    const unknown = `CA${"0".repeat(32)}`;
    for (const tail of ["Ladder", "Pcap"]) {
      const answer = await fetch(`${platform.api}/trunkline/v1/Calls/${unknown}/${tail}`, { headers: authorization() });
      expect(answer.status).toBe(404);
    }
  });
});

type Report = { readonly callSid: string; readonly status: number };

async function call(...args: readonly string[]): Promise<Report> {
  const { out } = await trunkline(["call", "--json", ...args], { TRUNKLINE_DATA_DIR: platform.dataDir });
  return JSON.parse(out) as Report;
}

/** The ladder once its call is over and each leg has its last message, which the network may deliver a moment later. */
function complete(callSid: string, lastA: string, lastB?: string): Promise<Ladder> {
  return eventually(`the whole ladder of ${callSid}`, async () => {
    const ladder = await ladderOf(callSid);
    const isWhole = words(ladder, "a").at(-1) === lastA && words(ladder, "b").at(-1) === lastB;
    return ladder.state === "complete" && isWhole ? ladder : undefined;
  });
}

function authorization(): Record<string, string> {
  const { accountSid, authToken } = platform.demo;
  return { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}` };
}

/** What Wireshark reads in the call's PCAP: protocol and summary, a line a packet. */
async function wireshark(callSid: string): Promise<readonly string[]> {
  const answer = await fetch(`${platform.api}/trunkline/v1/Calls/${callSid}/Pcap`, { headers: authorization() });
  expect(answer.headers.get("content-type")).toBe("application/vnd.tcpdump.pcap");
  const folder = await mkdtemp(join(tmpdir(), "trunkline-pcap-"));
  try {
    const file = join(folder, "call.pcap");
    await writeFile(file, Buffer.from(await answer.arrayBuffer()));
    const checks = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];
    const { stdout } = await run("tshark", [
      "-r",
      file,
      ...checks,
      "-o",
      'gui.column.format:"Protocol","%p","Info","%i"',
    ]);
    return stdout
      .trim()
      .split("\n")
      .map((line) => line.trim().replace(/^SIP\/SDP/, "SIP"));
  } finally {
    await rm(folder, { recursive: true });
  }
}
