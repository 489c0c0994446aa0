import {
  type DnsAnswer,
  type DnsQuestion,
  type LocateOptions,
  type LocateStep,
  locate,
  Malformed,
  parseSipUri,
} from "@trunkline/sip";
import type { Located, Locator } from "./locator.ts";

/** Three rounds of questions may follow each other; a caller does not wait for all of them to time out. */
const LOCATE_MS = 4_000;

/** RFC 3263 over a resolver: the stepper's questions are asked until it is done. Synchronous as long as every answer is. */
export function createLocator(
  options: LocateOptions,
  resolve: (question: DnsQuestion) => DnsAnswer | Promise<DnsAnswer>,
): Locator {
  return {
    locate(text) {
      const uri = parseSipUri(text);
      if (uri instanceof Malformed) return { targets: [], why: `${text} is not a SIP URI (${uri.what})` };
      const found = walk(locate(uri, options), resolve);
      if (!(found instanceof Promise)) return named(found, uri.host);
      return withLimit(found, uri.host).then((located) => named(located, uri.host));
    },
  };
}

function walk(
  first: LocateStep,
  resolve: (question: DnsQuestion) => DnsAnswer | Promise<DnsAnswer>,
): Located | Promise<Located> {
  let step = first;
  while (step.kind === "ask") {
    const { next } = step;
    const answers = step.questions.map(resolve);
    if (answers.some((answer) => answer instanceof Promise)) {
      return Promise.all(answers).then((all) => walk(next(all), resolve));
    }
    step = next(answers as DnsAnswer[]);
  }
  return { targets: step.targets, why: step.why };
}

/** Targets of TLS learn the name they were found by. */
function named({ targets, why }: Located, host: string): Located {
  if (host.startsWith("[") || /^[\d.]+$/.test(host)) return { targets, why };
  return {
    targets: targets.map((target) => (target.transport === "tls" ? { ...target, serverName: host } : target)),
    why,
  };
}

function withLimit(found: Promise<Located>, host: string): Promise<Located> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => resolve({ targets: [], why: `DNS for ${host} took too long` }), LOCATE_MS);
    found.then(resolve, reject).finally(() => clearTimeout(limit));
  });
}
