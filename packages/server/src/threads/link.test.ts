import { MessageChannel } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Link, LinkError } from "./link.ts";

type Sums = { add(a: number, b: number): number; later(text: string): Promise<string>; broken(): never };

function pair(): { here: Link<Sums>; close(): void } {
  const { port1, port2 } = new MessageChannel();
  const offer: Sums = {
    add: (a, b) => a + b,
    later: async (text) => `${text}!`,
    broken: () => {
      throw Object.assign(new Error("the disk is full"), { code: "ENOSPC" });
    },
  };
  new Link(port2, offer);
  return { here: new Link<Sums>(port1, {}), close: () => port1.close() };
}

describe("link between threads", () => {
  it("calls the other side and gives its answer", async () => {
    const { here, close } = pair();
    expect(await Promise.all([here.remote.add(1, 2), here.remote.later("so"), here.remote.add(3, 4)])).toEqual([
      3,
      "so!",
      7,
    ]);
    close();
  });

  it("carries an error with its message and code", async () => {
    const { here, close } = pair();
    await expect(here.remote.broken()).rejects.toMatchObject({ message: "the disk is full", code: "ENOSPC" });
    close();
  });

  it("says so when the other side does not offer what is called", async () => {
    const { here, close } = pair();
    const unknown = here.remote as unknown as { nothing(): Promise<void> };
    await expect(unknown.nothing()).rejects.toThrow("offers no nothing");
    close();
  });

  it("rejects what is under way, and everything later, once it has failed", async () => {
    const { here, close } = pair();
    const waiting = here.remote.add(1, 1);
    here.fail("the thread ended");
    await expect(waiting).rejects.toThrow(LinkError);
    await expect(here.remote.add(1, 1)).rejects.toThrow("the thread ended");
    close();
  });
});
