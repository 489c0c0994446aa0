import type { CallRecord } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { ACCOUNT, account, type Phone } from "../../../../test/support/lent-fixtures.ts";
import { CARRIER, EdgeWorld, type EdgeWorldOptions, NUMBER, SPARE } from "../edge-world.fixture.ts";
import type { VoiceNews } from "../own-call/own-call.types.ts";
import type { Prompts } from "./prompts.ts";
import { readPrompts } from "./prompts.ts";
import type { VerificationOrder } from "./verification.types.ts";

const CALL = `CA${"7".repeat(32)}`;
const TO = "+12025550188";

/** An edge with a voice that writes down what it is told, and a store that takes verified caller IDs. */
class Ground {
  readonly told: string[] = [];
  readonly verified: string[] = [];
  readonly world: EdgeWorld;
  news: VoiceNews | undefined;
  /** What the store makes of a right code. */
  store: () => Promise<boolean> = async () => true;

  constructor(options: EdgeWorldOptions = {}) {
    const clip = (name: string): Uint8Array => new TextEncoder().encode(name);
    const language = (tag: string): Prompts["en"] => ({
      ask: clip(`${tag} ask`),
      again: clip(`${tag} again`),
      right: clip(`${tag} right`),
      wrong: clip(`${tag} wrong`),
    });
    this.world = new EdgeWorld({
      ...options,
      ports: {
        prompts: { en: language("en"), ja: language("ja") },
        callerIds: {
          verified: (callSid) => {
            this.verified.push(callSid);
            return this.store();
          },
        },
        openVoice: async (news) => {
          this.news = news;
          const tell = (what: string): void => void this.told.push(what);
          return {
            mediaAddress: "192.0.2.10",
            audio: {
              describe: () => "own offer",
              connect: (sdp) => {
                tell(`connect ${sdp}`);
                return !sdp.includes("no audio");
              },
              play: (source) => tell(source.kind === "clip" ? new TextDecoder().decode(source.mulaw) : source.kind),
              sendDigits: async (digits) => tell(`dial ${digits}`),
              close: () => tell("close"),
            },
          };
        },
        ...options.ports,
      },
    });
  }

  begin(order: Partial<VerificationOrder> = {}) {
    return this.world.core.verifyCallerId({
      callSid: CALL,
      accountSid: ACCOUNT,
      to: TO,
      from: NUMBER,
      code: "123456",
      extension: "",
      delayMs: 0,
      language: "en",
      ...order,
    });
  }

  /** Verifies with a carrier that answers; the callee has heard the first prompt. */
  async answered(order: Partial<VerificationOrder> = {}): Promise<Phone> {
    const carrier = this.world.phone(CARRIER);
    expect(await this.begin(order)).toEqual({ kind: "placed" });
    await this.world.pass(100);
    carrier.incoming[0]?.answer("callee's answer");
    await this.world.pass(100);
    return carrier;
  }

  keys(digits: string): void {
    for (const digit of digits) this.news?.digit(digit);
  }

  gist(): Partial<CallRecord> {
    const { status, direction, from, to, trunkSid, endedBy, sipStatus } = this.world.record() ?? {};
    return { status, direction, from, to, trunkSid, endedBy, sipStatus } as Partial<CallRecord>;
  }
}

const OWN = { direction: "outbound-api", from: NUMBER, to: TO, trunkSid: "" };

describe("NUM-4: verification calls", () => {
  it("go to the carrier with the installation's number, ask, and tell of the right code before they say so", async () => {
    const ground = new Ground();
    const carrier = await ground.answered();
    const invite = carrier.incoming[0]?.invite;
    expect(invite?.requestUri).toBe(`sip:${TO}@${CARRIER}`);
    expect(invite?.header("from")).toContain(`<sip:${NUMBER}@`);
    expect(invite?.body).toBe("relayed own offer");
    expect(ground.world.core.liveCalls(ACCOUNT)).toMatchObject([{ sid: CALL, status: "in-progress", to: TO }]);
    const stored = Promise.withResolvers<boolean>();
    ground.store = () => stored.promise;
    ground.keys("123456");
    await ground.world.pass(100);
    expect(ground.told.at(-1)).toBe("silence");
    stored.resolve(true);
    await ground.world.pass(100);
    ground.news?.played();
    expect(ground.verified).toEqual([CALL]);
    expect(ground.told[0]).toBe("connect relayed callee's answer");
    expect(ground.told.filter((one) => one.startsWith("en "))).toEqual(["en ask", "en right"]);
    await ground.world.pass(1_000);
    expect(ground.gist()).toEqual({ ...OWN, status: "completed", endedBy: "caller", sipStatus: 200 });
    expect(ground.world.record()?.trace.map(({ rule }) => rule)).toContain("own-call.carrier");
    expect(await ground.world.finish()).toEqual([]);
  });

  it("speak Japanese, and dial an extension with its pauses first", async () => {
    const ground = new Ground();
    await ground.answered({ language: "ja", extension: "12w3W4" });
    await ground.world.pass(4_000);
    expect(ground.told.slice(1)).toEqual(["dial 12", "dial 3", "dial 4", "ja ask"]);
    await ground.world.finish();
  });

  it("end after three wrong codes without a word to the store", async () => {
    const ground = new Ground();
    await ground.answered();
    for (const code of ["111111", "222222", "333333", "123456"]) ground.keys(code);
    ground.news?.played();
    await ground.world.pass(100);
    expect(ground.verified).toEqual([]);
    expect(ground.told.filter((one) => one.startsWith("en "))).toEqual(["en ask", "en again", "en again", "en wrong"]);
    expect(await ground.world.finish()).toEqual([]);
    expect(ground.gist()).toMatchObject({ status: "completed" });
  });

  it("take digits that come as INFO, and refuse other messages", async () => {
    const ground = new Ground();
    const carrier = await ground.answered();
    const statuses: (number | undefined)[] = [];
    const info = (type: string, body: string): void =>
      carrier.incoming[0]?.request("INFO", [["Content-Type", type]], body, (response) => {
        statuses.push(response?.status);
      });
    for (const digit of "123456") info("application/dtmf-relay", `Signal=${digit}\r\nDuration=160\r\n`);
    info("text/plain", "hello");
    await ground.world.pass(1_000);
    expect(ground.verified).toEqual([CALL]);
    expect(statuses.toSorted()).toEqual([200, 200, 200, 200, 200, 200, 415]);
    await ground.world.finish();
  });

  it("say that it is not verified when the store is away, or takes too long", async () => {
    for (const store of [() => Promise.reject(new Error("away")), () => new Promise<boolean>(() => undefined)]) {
      const ground = new Ground();
      await ground.answered();
      ground.store = store;
      ground.keys("123456");
      await ground.world.pass(6_000);
      expect(ground.told.at(-1)).toBe("en wrong");
      await ground.world.pass(125_000);
      expect(ground.world.core.counts().calls).toBe(0);
    }
  });

  it("end when the callee hangs up, when nobody keys in anything, and after two minutes whatever happens", async () => {
    const early = new Ground();
    const carrier = await early.answered();
    carrier.incoming[0]?.hangup();
    await early.world.pass(100);
    early.keys("123456");
    expect(early.verified).toEqual([]);
    expect(early.told.at(-1)).toBe("close");
    expect(early.gist()).toMatchObject({ status: "completed", endedBy: "callee" });

    const silent = new Ground();
    await silent.answered();
    for (let n = 0; n < 4; n++) {
      silent.news?.played();
      await silent.world.pass(11_000);
    }
    expect(silent.told.filter((one) => one.startsWith("en "))).toEqual(["en ask", "en again", "en again", "en wrong"]);
    expect(silent.world.core.counts().calls).toBe(0);

    const stuck = new Ground();
    await stuck.answered();
    await stuck.world.pass(121_000);
    expect(stuck.world.core.counts().calls).toBe(0);
  });

  it("hang up, with a Reason, on a callee whose audio cannot be used", async () => {
    const ground = new Ground();
    const carrier = ground.world.phone(CARRIER);
    await ground.begin();
    await ground.world.pass(100);
    carrier.incoming[0]?.answer("no audio");
    await ground.world.pass(1_000);
    expect(ground.told).toEqual(["connect relayed no audio", "close"]);
    expect(carrier.heard).toContain("ended bye");
    expect(await ground.world.finish()).toEqual([]);
  });

  it("try the next carrier, and end with what the last one says", async () => {
    const ground = new Ground();
    const [first, second] = [ground.world.phone(CARRIER), ground.world.phone(SPARE)];
    await ground.begin();
    await ground.world.pass(100);
    first.incoming[0]?.reject(503, "Service Unavailable");
    await ground.world.pass(100);
    second.incoming[0]?.reject(486, "Busy Here");
    await ground.world.pass(1_000);
    expect(ground.gist()).toMatchObject({ ...OWN, status: "busy", sipStatus: 486 });
    expect(ground.told).toEqual(["close"]);
    expect(await ground.world.finish()).toEqual([]);
  });

  it("ring for a minute", async () => {
    const ground = new Ground();
    const carrier = ground.world.phone(CARRIER);
    await ground.begin();
    await ground.world.pass(100);
    carrier.incoming[0]?.progress(180);
    await ground.world.pass(61_000);
    expect(ground.gist()).toMatchObject({ status: "no-answer" });
    expect(await ground.world.finish()).toEqual([]);
  });

  it("follow the callee's changed session, and answer one without an offer with their own", async () => {
    const ground = new Ground();
    const carrier = await ground.answered();
    carrier.incoming[0]?.offer("callee's move");
    await ground.world.pass(500);
    expect(ground.told).toContain("connect relayed callee's move");
    carrier.incoming[0]?.offer(undefined);
    await ground.world.pass(500);
    expect(ground.world.core.counts().calls).toBe(1);
    expect(await ground.world.finish()).toEqual([]);
  });

  it("are refused at once where rules stand against them, and leave no record", async () => {
    const suspended = new Ground({ rows: [["account", ACCOUNT, account({ status: "suspended" })]] });
    expect(await suspended.begin()).toMatchObject({ kind: "refused", rejection: { code: 10001 } });
    expect(await suspended.begin({ delayMs: 1_000 })).toMatchObject({ kind: "refused", rejection: { code: 10001 } });
    expect(suspended.world.events).toEqual([]);
    const deaf = new Ground({ ports: { openVoice: () => Promise.reject(new Error("EADDRINUSE")) } });
    expect(await deaf.begin()).toMatchObject({ kind: "unavailable" });
    const starting = new Ground({ isEmpty: true });
    expect(await starting.begin()).toMatchObject({ kind: "unavailable", why: "The platform is starting" });
    for (const { world } of [suspended, deaf, starting]) expect(world.core.counts().calls).toBe(0);
  });

  it("wait for their delay; what stands against them then is in their record, and so is a platform that closes", async () => {
    const ground = new Ground();
    const carrier = ground.world.phone(CARRIER);
    expect(await ground.begin({ delayMs: 30_000 })).toEqual({ kind: "placed" });
    await ground.world.pass(29_000);
    expect(carrier.incoming).toEqual([]);
    await ground.world.pass(2_000);
    expect(carrier.incoming).toHaveLength(1);
    await ground.world.finish();

    const later = new Ground();
    await later.begin({ delayMs: 30_000 });
    later.world.isLoaded = false;
    await later.world.pass(31_000);
    expect(later.gist()).toMatchObject({ ...OWN, status: "failed", sipStatus: 503, endedBy: "platform" });

    const closing = new Ground();
    await closing.begin({ delayMs: 30_000 });
    const closed = closing.world.core.close(0);
    await closing.world.pass(5_000);
    await closed;
    expect(closing.gist()).toMatchObject({ ...OWN, status: "failed", sipStatus: 503 });
  });

  it("TWI-3: the prompts are there in both languages, of some seconds each", async () => {
    for (const prompts of Object.values(await readPrompts())) {
      for (const samples of Object.values(prompts)) {
        expect(samples.length).toBeGreaterThan(2 * 8_000);
        expect(samples.length).toBeLessThan(15 * 8_000);
      }
    }
  });
});
