import { createEmbeddedPlane } from "@trunkline/media";
import { describe, expect, it, onTestFinished } from "vitest";
import { openVoice } from "./voice.ts";

const NEWS = { digit: () => undefined, played: () => undefined };

describe("NUM-4: a voice beside the embedded media plane", () => {
  it.each([
    ["an address", { bind: "127.0.0.1", advertise: "127.0.0.1" }],
    ["all addresses, behind a NAT", { bind: "0.0.0.0", advertise: "192.0.2.10" }],
    ["an IPv6 address", { bind: "::1", advertise: "0:0:0:0:0:0:0:1" }],
  ])("is heard and hears, bound to %s", async (_title, address) => {
    const plane = await createEmbeddedPlane({ addresses: [address], portMin: 23_000, portMax: 23_099, workers: 1 });
    onTestFinished(() => plane.close());
    const digits: string[] = [];
    const done = Promise.withResolvers<void>();
    const voices = await Promise.all([
      openVoice([address], Math.random, NEWS),
      openVoice([address], Math.random, {
        ...NEWS,
        digit: (digit) => {
          digits.push(digit);
          if (digits.length === 2) done.resolve();
        },
      }),
    ]);
    const [own, callee] = voices;
    onTestFinished(() => {
      for (const { audio } of voices) audio.close();
    });
    const { mediaAddress } = own;
    const session = await plane.open("CA1", {
      symmetricRtp: { a: false, b: false },
      advertise: { a: mediaAddress, b: mediaAddress },
    });
    expect(callee.audio.connect(String(await session.offer("a", own.audio.describe())))).toBe(true);
    expect(own.audio.connect(String(await session.answer("b", callee.audio.describe())))).toBe(true);
    await own.audio.sendDigits("42");
    await done.promise;
    expect(digits).toEqual(["4", "2"]);
  });
});
