import type { Session } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import { originationUrl, type WrittenRow } from "../../../test/support/lent-fixtures.ts";
import { CARRIER, EdgeWorld, PBX } from "./edge-world.fixture.ts";

const answers = (session: Session): void => session.answer("answer-b");

/** The trunk's first origination URL leads there. */
function urlTo(sipUrl: string): WrittenRow {
  const url = originationUrl(1, { sipUrl, priority: 1 });
  return ["originationUrl", url.sid, url];
}

const redirects = (session: Session): void =>
  session.reject(302, "Moved Temporarily", [["Contact", `<sip:+19005550123@${CARRIER}>`]]);

describe("TERM-13: nobody calls a carrier as us but the platform itself", () => {
  it.each<[title: string, rows: readonly WrittenRow[], onInvite: (session: Session) => void]>([
    ["by an origination URL", [urlTo(`sip:+19005550123@${CARRIER}`)], answers],
    ["by a name in one", [urlTo("sip:+19005550123@sbc.example.com")], answers],
    ["by a 302", [], redirects],
  ])("%s", async (_title, rows, onInvite) => {
    const names = { "sbc.example.com": [CARRIER] };
    const world = new EdgeWorld({ rows, names });
    world.phone(PBX, { onInvite });
    const carrier = world.phone(CARRIER, { onInvite: answers });
    world.originate(carrier);
    await world.pass(10_000);
    expect(carrier.incoming).toEqual([]);
    expect(world.alerts[0]).toMatchObject({ errorCode: 32011 });
    expect(world.alerts[0]?.text).toContain("could not be reached (the address is a carrier's");
    expect(await world.finish()).toEqual([]);
  });
});
