import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HmacSha1 } from "./hmac-sha1.ts";
import { PacketCipher } from "./key-stream.ts";
import { SrtpReceiver } from "./receiver.ts";
import { SrtpSender } from "./sender.ts";
import { deriveKeys } from "./session-keys.ts";
import { Workspace } from "./workspace.ts";

type Vectors = {
  readonly aes_cm_keystream: readonly {
    readonly id: string;
    readonly session_key: string;
    readonly session_salt: string;
    readonly keystream_blocks: Readonly<Record<string, string>>;
  }[];
  readonly key_derivation: readonly (Master & {
    readonly cipher_key: string;
    readonly cipher_salt: string;
    readonly auth_key_20: string;
  })[];
  readonly srtp_packets?: readonly (Master & { readonly plain: string; readonly protected: string })[];
  readonly srtcp_packets?: readonly (Master & {
    readonly index: number;
    readonly plain: string;
    readonly protected: string;
  })[];
};
type Master = { readonly id: string; readonly master_key: string; readonly master_salt: string };

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const masterOf = ({ master_key, master_salt }: Master): Buffer => hex(master_key + master_salt);
const keyOf = (master: Master) => ({ suite: "AES_CM_128_HMAC_SHA1_80", master: masterOf(master) }) as const;
const sameSsrc = (): number => 0;

function read(url: URL): Vectors {
  return JSON.parse(readFileSync(url, "utf8")) as Vectors;
}

function runVectors(vectors: Vectors): void {
  it.each(vectors.aes_cm_keystream.map((vector) => [vector.id, vector] as const))("key stream: %s", (_id, vector) => {
    const stream = new Uint8Array(16 * 320);
    new PacketCipher(hex(vector.session_key), hex(vector.session_salt).subarray(0, 14)).generate(stream, 0, 0, 1, 320);
    for (const [block, want] of Object.entries(vector.keystream_blocks)) {
      const at = 16 * Number.parseInt(block, 16);
      // Blocks beyond the longest packet have no use here.
      if (at < stream.length) expect(Buffer.from(stream.subarray(at, at + 16)).toString("hex")).toBe(want);
    }
  });

  it.each(vectors.key_derivation.map((vector) => [vector.id, vector] as const))("keys: %s", (_id, vector) => {
    const { cipher, salt, auth } = deriveKeys(masterOf(vector), "rtp");
    expect([cipher, salt, auth].map((part) => part.toString("hex"))).toEqual([
      vector.cipher_key,
      vector.cipher_salt,
      vector.auth_key_20,
    ]);
  });

  const work = new Workspace();
  const load = (packet: string): number => {
    work.load(hex(packet), packet.length / 2);
    return packet.length / 2;
  };
  const shown = (length: number): string => work.bytes.subarray(0, length).toString("hex");

  const packets = vectors.srtp_packets ?? [];
  if (packets.length > 0) {
    it.each(packets.map((vector) => [vector.id, vector] as const))("SRTP both ways: %s", (_id, vector) => {
      expect(shown(new SrtpSender(keyOf(vector), sameSsrc).protect(work, load(vector.plain)))).toBe(vector.protected);
      expect(shown(new SrtpReceiver(keyOf(vector)).unprotect(work, load(vector.protected), 0))).toBe(vector.plain);
    });
  }
  const reports = vectors.srtcp_packets ?? [];
  if (reports.length > 0) {
    it.each(reports.map((vector) => [vector.id, vector] as const))("SRTCP both ways: %s", (_id, vector) => {
      const sender = new SrtpSender(keyOf(vector), sameSsrc);
      for (let index = 0; index < vector.index; index += 1) sender.protectRtcp(work, load(vector.plain));
      expect(shown(sender.protectRtcp(work, load(vector.plain)))).toBe(vector.protected);
      expect(shown(new SrtpReceiver(keyOf(vector)).unprotectRtcp(work, load(vector.protected)))).toBe(vector.plain);
    });
  }
}

describe("vectors of RFC 3711 and RFC 6188", () => {
  runVectors(read(new URL("../../../../test/vectors/srtp/rfc.json", import.meta.url)));
});

const ARCHIVE = new URL("../../../../../shared/conformance/srtp/vectors.json", import.meta.url);

describe.skipIf(!existsSync(ARCHIVE))("whole reference packets (only where they are checked out)", () => {
  if (existsSync(ARCHIVE)) runVectors(read(ARCHIVE));
});

describe("HMAC-SHA1 (RFC 2104)", () => {
  const message = Buffer.from(Uint8Array.from({ length: 300 }, (_unused, at) => (at * 7) & 0xff));
  const digest = (words: Int32Array): string => {
    const bytes = Buffer.alloc(20);
    for (const [at, word] of words.entries()) bytes.writeInt32BE(word, 4 * at);
    return bytes.toString("hex");
  };

  const sumOf = (key: Uint8Array, bytes: Buffer, length: number, suffix: number): string => {
    const hmac = new HmacSha1(key);
    hmac.take(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), length);
    return digest(hmac.sum(suffix));
  };

  it("sums messages of every length around its blocks as node's does, with a suffix and without", () => {
    const key = Buffer.from("a key of twenty octs");
    for (let length = 0; length < 200; length += 1) {
      const part = message.subarray(0, length);
      expect(sumOf(key, message, length, -1)).toBe(createHmac("sha1", key).update(part).digest("hex"));
      const suffixed = createHmac("sha1", key).update(part).update(hex("fedcba98")).digest("hex");
      expect(sumOf(key, message, length, 0xfedcba98)).toBe(suffixed);
    }
  });

  it("has the digests of RFC 2202 §3, cases 1 and 2", () => {
    const cases = [
      [Buffer.alloc(20, 0x0b), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"],
      [Buffer.from("Jefe"), "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
    ] as const;
    for (const [key, text, want] of cases) {
      const bytes = Buffer.from(text);
      expect(sumOf(key, bytes, bytes.length, -1)).toBe(want);
    }
  });
});
