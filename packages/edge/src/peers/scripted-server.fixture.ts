import { createHash } from "node:crypto";
import { onTestFinished } from "vitest";
import { RawSip } from "../../../../test/support/raw-sip.ts";

/** A request as the script sees it. */
type Asked = {
  readonly method: string;
  readonly text: string;
  /** The first value of that header; empty when there is none. */
  header(name: string): string;
};

/** What it says: a status, with header lines if it wants; undefined: nothing. */
type Says = number | { readonly status: number; readonly headers?: readonly string[] } | undefined;

/** A server without a stack that answers every request as its script says, and remembers them. */
export type ScriptedServer = {
  /** `host:port` for a SIP URI. */
  readonly place: string;
  readonly asked: readonly Asked[];
  says: (asked: Asked) => Says;
};

export async function openScriptedServer(address: string, says: ScriptedServer["says"]): Promise<ScriptedServer> {
  const raw = await RawSip.open(address);
  const asked: Asked[] = [];
  const server: ScriptedServer = { place: `${address}:${raw.port}`, asked, says };
  let isOpen = true;
  onTestFinished(() => {
    isOpen = false;
    raw.close();
  });
  const serve = async (): Promise<void> => {
    while (isOpen) {
      const text = await raw.next((message) => !message.startsWith("SIP/2.0"), 1_000);
      if (text !== undefined) answer(raw, readAsked(text), server, asked);
    }
  };
  void serve();
  return server;
}

/** Whether the Digest credentials in that header line are right: reckoned here, not by the code under test (RFC 7616 §3.4.1). */
export function isRightAnswer(line: string, method: string, password: string): boolean {
  const part = (name: string): string => new RegExp(`\\b${name}="?([^",]+)`).exec(line)?.[1] ?? "";
  const hash = (text: string): string =>
    createHash(part("algorithm") === "SHA-256" ? "sha256" : "md5")
      .update(text)
      .digest("hex");
  const secret = hash(`${part("username")}:${part("realm")}:${password}`);
  const request = hash(`${method}:${part("uri")}`);
  const spent = [secret, part("nonce"), part("nc"), part("cnonce"), part("qop"), request].join(":");
  return part("response") === hash(spent);
}

function readAsked(text: string): Asked {
  const lines = text.split("\r\n");
  const header = (name: string): string => {
    const start = `${name.toLowerCase()}:`;
    return (lines.find((line) => line.toLowerCase().startsWith(start)) ?? "").slice(start.length).trim();
  };
  return { method: text.split(" ", 1)[0] ?? "", text, header };
}

function answer(raw: RawSip, asked: Asked, server: ScriptedServer, all: Asked[]): void {
  all.push(asked);
  const said = asked.method === "ACK" ? undefined : server.says(asked);
  if (said === undefined) return;
  const { status, headers = [] } = typeof said === "number" ? { status: said } : said;
  const [, host = "", port = ""] = /UDP ([^:;]+):(\d+)/.exec(asked.header("Via")) ?? [];
  const to = asked.header("To");
  const lines = [
    `SIP/2.0 ${status} So`,
    ...["Via", "From", "Call-ID", "CSeq"].map((name) => `${name}: ${asked.header(name)}`),
    `To: ${to}${/;tag=/.test(to) ? "" : ";tag=scripted"}`,
    ...headers,
    "Content-Length: 0",
  ];
  raw.send(`${lines.join("\r\n")}\r\n\r\n`, Number(port), host);
}
