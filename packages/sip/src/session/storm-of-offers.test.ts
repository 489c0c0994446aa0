import { expect, it } from "vitest";
import type { SessionEvent } from "./events.ts";
import { disagreement } from "./judge.fixture.ts";
import { createPhone, type Phone } from "./phone.fixture.ts";
import type { Session, UserAgentOptions } from "./user-agent.types.ts";
import { seededRandom, VirtualNetwork, type Weather } from "./virtual-network.fixture.ts";

const SEEDS = 1_000;
const STORM: Weather = { loss: 0.15, duplication: 0.1, reordering: 0.2, reorderMs: 400, delayMs: 20, jitterMs: 60 };
const FAIR: Weather = { loss: 0, duplication: 0, reordering: 0, reorderMs: 0, delayMs: 20, jitterMs: 0 };
/** When whoever is still there hangs up. */
const LAST_HANGUP_MS = 900_000;
const LIMIT_MS = 3_600_000;
const NAMES = ["alice", "bob"] as const;
const FIRST_OFFER = "first offer of bob";
const LATE_OFFER = "late offer of ";

type Name = (typeof NAMES)[number];
type Change = {
  readonly by: Name;
  readonly method: "INVITE" | "UPDATE";
  readonly isLate: boolean;
  readonly atMs: number;
};

/** A call of two phones with any extensions, in which both change the session as they like, and one may die. */
type Plan = {
  readonly weather: Weather;
  readonly isLate: boolean;
  readonly options: Readonly<Record<Name, Partial<UserAgentOptions>>>;
  readonly answerAfterMs: number;
  readonly changes: readonly Change[];
  readonly hangup: { readonly by: Name; readonly atMs: number } | undefined;
  /** One side forgets everything and is a new program at the same address. */
  readonly restart: { readonly of: Name; readonly atMs: number } | undefined;
};

function planOf(seed: number): Plan {
  const random = seededRandom(seed + 2_000_000);
  const within = (ms: number): number => Math.floor(random() * ms);
  const oneOf = <T>(values: readonly T[]): T => values[within(values.length)] as T;
  const options = (): Partial<UserAgentOptions> => ({
    supported: oneOf([["100rel", "timer"], ["100rel", "timer"], ["timer"], ["100rel"], []]),
    reliableProgress: oneOf(["when-supported", "when-supported", "when-required"]),
    sessionTimer: { intervalSec: oneOf([90, 120, 300]), minimumSec: oneOf([90, 120]), ask: random() < 0.7 },
    allow: ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", ...(random() < 0.7 ? ["UPDATE"] : [])],
  });
  const change = (): Change => {
    const isLate = random() < 0.2;
    const method = isLate ? "INVITE" : oneOf(["INVITE", "UPDATE"] as const);
    return { by: oneOf(NAMES), method, isLate, atMs: within(10_000) };
  };
  const ending = random();
  return {
    weather: random() < 0.7 ? STORM : FAIR,
    isLate: random() < 0.25,
    options: { alice: options(), bob: options() },
    answerAfterMs: 300 + within(4_000),
    changes: Array.from({ length: within(6) }, change),
    hangup: ending < 0.5 ? { by: oneOf(NAMES), atMs: within(ending < 0.4 ? 15_000 : 400_000) } : undefined,
    restart: ending > 0.75 ? { of: oneOf(NAMES), atMs: within(ending < 0.9 ? 15_000 : 400_000) } : undefined,
  };
}

/** The user of one phone: answers every offer with a text that names it, and remembers the last answer said or heard. */
class User {
  readonly #name: Name;
  agreed = "";

  constructor(name: Name) {
    this.#name = name;
  }

  hear(event: SessionEvent, session: Session): void {
    switch (event.kind) {
      case "offer":
        if (event.sdp === undefined) event.reply.accept(LATE_OFFER + this.#name);
        else event.reply.accept(this.#answerTo(event.sdp));
        return;
      case "progress":
        if (event.sdp === FIRST_OFFER && event.response.header("rseq") !== undefined) {
          session.answer(this.#answerTo(event.sdp));
        }
        return;
      case "acknowledged":
        this.agreed = event.sdp ?? this.agreed;
        return;
      case "answer":
      case "offer-answered":
        if (event.sdp === undefined) return;
        if (event.sdp === FIRST_OFFER || event.sdp.startsWith(LATE_OFFER)) session.answer(this.#answerTo(event.sdp));
        // The description that holds when the call is answered may be an offer in an UPDATE, answered long since.
        else if (!event.sdp.startsWith("offer")) this.agreed = event.sdp;
        return;
      default:
    }
  }

  #answerTo(offer: string): string {
    this.agreed = `${this.#name} to (${offer})`;
    return this.agreed;
  }
}

type Run = {
  readonly network: VirtualNetwork;
  readonly phones: readonly Phone[];
  readonly problem: string | undefined;
};

function play(seed: number): Run {
  const plan = planOf(seed);
  const network = new VirtualNetwork(seed, plan.weather);
  const { clock } = network;
  const users = { alice: new User("alice"), bob: new User("bob") };
  const sessions: Partial<Record<Name, Session>> = {};
  const phone = (name: Name, onInvite: (session: Session) => void = () => undefined): Phone =>
    createPhone(network, name === "alice" ? "10.0.0.1" : "10.0.0.2", {
      agent: plan.options[name],
      onInvite,
      onEvent: (event, session) => users[name].hear(event, session),
    });
  const description = plan.isLate ? FIRST_OFFER : "bob's answer";
  const bob = phone("bob", (session) => {
    sessions.bob = session;
    users.bob.agreed = description;
    session.progress(180, "Ringing");
    clock.setTimer(200, () => session.progress(183, "Session Progress", description));
    clock.setTimer(plan.answerAfterMs, () => session.answer(description));
  });
  const alice = phone("alice");
  sessions.alice = alice.call(bob, {}, plan.isLate);
  plan.changes.forEach(({ by, method, isLate, atMs }, n) => {
    clock.setTimer(atMs, () => sessions[by]?.offer(isLate ? undefined : `offer ${n} of ${by}`, method));
  });
  const { hangup, restart } = plan;
  if (hangup !== undefined) clock.setTimer(hangup.atMs, () => sessions[hangup.by]?.hangup());
  const survivors = { alice, bob };
  const phones = [alice, bob];
  if (restart !== undefined) {
    const { of } = restart;
    clock.setTimer(restart.atMs, () => {
      survivors[of].die();
      delete sessions[of];
      survivors[of] = phone(of);
    });
  }
  clock.run(LAST_HANGUP_MS);
  const late = restart === undefined ? quarrel(sessions, users) : unnoticed(plan, restart.of, sessions);
  for (const name of NAMES) sessions[name]?.hangup();
  const isOver = clock.runToEnd(LIMIT_MS);
  const left = NAMES.flatMap((name) => Object.values(survivors[name].agent.counts())).some((count) => count > 0);
  const story = restart === undefined ? disagreement(alice.heard, bob.heard) : undefined;
  return { network, phones, problem: isOver && !left ? (late ?? story) : "left over" };
}

/** Both sides of a call that has stood for minutes hold the same answer for the last one. */
function quarrel(
  { alice, bob }: Partial<Record<Name, Session>>,
  users: Readonly<Record<Name, { readonly agreed: string }>>,
): string | undefined {
  if (alice?.state !== "confirmed" || bob?.state !== "confirmed") return undefined;
  return users.alice.agreed === users.bob.agreed ? undefined : `${users.alice.agreed} <> ${users.bob.agreed}`;
}

/** RFC 4028 §10: the death of the other side ends a call whose survivor runs a timer. */
function unnoticed(plan: Plan, dead: Name, sessions: Partial<Record<Name, Session>>): string | undefined {
  const survivor = dead === "alice" ? "bob" : "alice";
  const speaks = (name: Name): boolean => plan.options[name].supported?.includes("timer") === true;
  const asks = (name: Name): boolean => speaks(name) && plan.options[name].sessionTimer?.ask === true;
  if (!speaks(survivor) || !(asks(survivor) || asks(dead))) return undefined;
  const { state } = sessions[survivor] ?? {};
  return state === "confirmed" || state === "answered" ? "a dead peer was not noticed" : undefined;
}

it(`${SEEDS} calls with timers, PRACK, UPDATE, late offers, glare and restarts: both sides agree, nothing is left`, () => {
  const failures: unknown[] = [];
  const endings = new Set<string>();
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { network, phones, problem } = play(seed);
    for (const { heard } of phones) endings.add(heard.at(-1) ?? "");
    if (problem) failures.push({ seed, problem, heard: phones.map(({ heard }) => heard), trace: network.trace });
  }
  expect(failures).toEqual([]);
  expect([...endings]).toEqual(expect.arrayContaining(["ended local", "ended bye", "ended gone", "ended failed"]));
});
