import { readFile } from "node:fs/promises";
import type { Prompt } from "./step.ts";
import type { VerificationOrder } from "./verification.types.ts";

/** Recorded speech, µ-law at 8 kHz. */
export type Prompts = Readonly<Record<VerificationOrder["language"], Readonly<Record<Prompt, Uint8Array>>>>;

/** Beside `src` and `dist` alike; `make.sh` there says how they were made. */
const FOLDER = new URL("../../prompts/verification/", import.meta.url);
const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;

/** Reads the prompts that come with the program, some 400 KB. Rejects when one is not there. */
export async function readPrompts(): Promise<Prompts> {
  const [en, ja] = await Promise.all([readLanguage("en"), readLanguage("ja")]);
  return { en, ja };
}

async function readLanguage(language: string): Promise<Prompts["en"]> {
  const read = async (name: Prompt): Promise<Uint8Array> =>
    samplesOf(await readFile(new URL(`${language}/${name}.wav`, FOLDER)));
  const [ask, again, right, wrong] = await Promise.all([read("ask"), read("again"), read("right"), read("wrong")]);
  return { ask, again, right, wrong };
}

/** The `data` chunk of a RIFF file. */
function samplesOf(wav: Buffer): Uint8Array {
  for (let at = HEADER_BYTES; at + CHUNK_HEADER_BYTES <= wav.length; ) {
    const lengthBytes = wav.readUInt32LE(at + 4);
    const from = at + CHUNK_HEADER_BYTES;
    if (wav.toString("latin1", at, at + 4) === "data") return wav.subarray(from, from + lengthBytes);
    at = from + lengthBytes + (lengthBytes % 2);
  }
  throw new Error("a prompt has no samples");
}
