import { type Applied, applyPlan } from "./apply-plan.ts";
import type { Client } from "./client.ts";
import { describePlan, describeStep, planAsJson, tally } from "./describe-plan.ts";
import type { KindName } from "./kinds.ts";
import { type Plan, planOf, referencesOf, type Step } from "./plan.ts";
import type { Declared } from "./read-document.ts";
import { readState } from "./read-state.ts";
import { type Secrets, secretsOf } from "./secrets-of.ts";
import { skippedSids } from "./skipped-sids.ts";
import type { Terminal } from "./terminal.ts";

export type CarryOutOptions = {
  readonly prune: boolean;
  readonly setPasswords: boolean;
  readonly dryRun: boolean;
  /** Ask nobody. */
  readonly yes: boolean;
  readonly json: boolean;
  /** Where the secrets are: the environment, and the folder that paths are below. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
};

/** The plan cannot be carried out as it is: a line for each reason. */
export class PlanError extends Error {
  readonly code = "ERR_PLAN";
}

/**
 * Makes an account (and with the operator's credentials the installation) what a file declares: reads what is there, shows the plan, asks,
 * and does it. Nothing is changed before all of the file is known to be usable.
 *
 * @returns the exit code: 0 when the account now is, or would be, as the file says; 1 when somebody said no or a step failed
 */
export async function carryOut(
  client: Client,
  declared: Declared,
  options: CarryOutOptions,
  terminal: Terminal,
): Promise<number> {
  const installation = await client.get("/trunkline/v1/Installation");
  if (installation === undefined) throw new Error(`${client.baseUrl} is no Trunkline; give its address with --api`);
  const state = await readState(client, {
    roots: declared.roots,
    names: namesNeeded(declared),
    skippedSids,
    onProgress: (what, count) => terminal.progress(`reading: ${count} ${what}`),
  });
  terminal.progress("");
  const plan = planOf(declared.items, state.items, { roots: declared.roots, ...options });
  const { secrets, problems } = secretsOf(plan.steps, options.environment, options.folder);
  const wrong = [...new Set([...plan.problems, ...problems])];
  if (wrong.length > 0) throw new PlanError(wrong.join("\n"));
  if (!options.json) {
    terminal.print(`Account ${client.accountSid} at ${client.baseUrl}\n\n${describePlan(plan)}`);
  }
  const goesOn = plan.steps.length > 0 && !options.dryRun && (options.yes || (await terminal.confirm("Do this?")));
  if (!goesOn) {
    const refused = plan.steps.length > 0 && !options.dryRun;
    if (options.json) terminal.print(`${JSON.stringify({ ...planAsJson(plan), done: 0, failure: null })}\n`);
    else if (refused) terminal.print("Nothing was changed.\n");
    return refused ? 1 : 0;
  }
  const applying = { client, sids: state.sids, secrets, domainSuffix: String(installation["trunk_domain_suffix"]) };
  return report(plan, await run(plan.steps, applying, terminal), options, terminal);
}

/** Kinds that the file's things refer to by name, and trunks, by which the API's numbers do. */
function namesNeeded({ items, roots }: Declared): ReadonlySet<KindName> {
  const referred = items.flatMap((item) => referencesOf(item).map(({ kind }) => kind));
  return new Set<KindName>([...referred, ...(roots.has("number") ? (["trunk"] as const) : [])]);
}

type Ready = {
  readonly client: Client;
  readonly sids: ReadonlyMap<string, string>;
  readonly secrets: Secrets;
  readonly domainSuffix: string;
};

async function run(steps: readonly Step[], ready: Ready, terminal: Terminal): Promise<Applied> {
  const onStep = (step: Step, index: number): void =>
    terminal.progress(`${index + 1} of ${steps.length}:${describeStep(step)}`);
  const applied = await applyPlan(steps, { ...ready, onStep });
  terminal.progress("");
  return applied;
}

function report(plan: Plan, { done, failure }: Applied, options: CarryOutOptions, terminal: Terminal): number {
  if (options.json) {
    terminal.print(`${JSON.stringify({ ...planAsJson(plan), done, failure: failure?.message ?? null })}\n`);
  } else if (failure === undefined) {
    terminal.print(`Done: ${tally(plan.steps, ["created", "changed", "deleted"])}\n`);
  } else {
    const rest = plan.steps.slice(done);
    terminal.print(
      [
        `${done} of ${plan.steps.length} done. This failed:`,
        `${describeStep(rest[0] as Step)}`,
        `      ${failure.message}`,
        ...(rest.length > 1 ? ["Not begun:", ...rest.slice(1).map(describeStep)] : []),
        "Nothing was undone. Set it right and run this again: it goes on from here.",
        "",
      ].join("\n"),
    );
  }
  return failure === undefined ? 0 : 1;
}
