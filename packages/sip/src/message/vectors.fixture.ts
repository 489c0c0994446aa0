import { readFileSync } from "node:fs";

export type MessageVector = {
  readonly expect: "accept" | "400" | "505" | "drop";
  readonly title: string;
  readonly text: string;
};

/** The cases of a file in `test/vectors/sip`; its README has the format. */
export function readVectors(file: string): readonly MessageVector[] {
  const url = new URL(`../../../../test/vectors/sip/${file}`, import.meta.url);
  const parts = readFileSync(url, "utf8").split(/^=== (.*)\n/m);
  const vectors: MessageVector[] = [];
  for (let at = 1; at < parts.length; at += 2) {
    const [expect = "", clause = "", about = ""] = (parts[at] ?? "").split(" | ");
    if (!/^(accept|400|505|drop)$/.test(expect)) throw new Error(`${file}: unknown expectation in "${parts[at]}"`);
    const text = messageText(parts[at + 1] ?? "");
    vectors.push({ expect: expect as MessageVector["expect"], title: `${clause} ${about}`, text });
  }
  return vectors;
}

function messageText(written: string): string {
  const octets = written
    .replace(/\$$/gm, "")
    .replace(/\n/g, "\r\n")
    .replace(/\\x([0-9A-F]{2})/g, (_escaped, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // The empty line before the next case ends the headers; behind a body it is only there to be read.
  const headEnd = /\S\r\n\r\n/.exec(octets);
  const bodyAt = headEnd ? headEnd.index + headEnd[0].length : octets.length;
  const body = octets.slice(bodyAt).replace(/\r\n$/, "");
  return octets.slice(0, bodyAt).replace("{length}", String(body.length)) + body;
}
