import { type Applied, applyPlan } from "./apply-plan.ts";
import { type Client, requireAccount } from "./client.ts";
import { describePlan, describeStep, planAsJson, tally } from "./describe-plan.ts";
import type { KindName } from "./kinds.ts";
import { type Plan, planOf, referencesOf, type Step } from "./plan.ts";
import type { Declared } from "./read-document.ts";
import { readState, type State } from "./read-state.ts";
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
  /** Put numbers into the inventory before they are bought; the operator's to do. */
  readonly addToInventory: boolean;
  /** Leave out what lacks its password, and say so; else the plan is refused. */
  readonly withoutUnknownPasswords?: boolean;
  /** Said with the plan. */
  readonly notes?: readonly string[];
  /** Done once somebody said yes. */
  readonly beforeApplying?: () => void;
};

/** The plan cannot be carried out as it is: a line for each reason. */
class PlanError extends Error {
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
  await requireAccount(client);
  const installation = await client.get("/trunkline/v1/Installation");
  if (installation === undefined) throw new Error(`${client.baseUrl} is no Trunkline; give its address with --api`);
  const state = await readState(client, {
    roots: declared.roots,
    names: namesNeeded(declared),
    skippedSids,
    onProgress: (what, count) => terminal.progress(`reading: ${count} ${what}`),
  });
  terminal.progress("");
  const { plan, secrets, notes } = planned(declared, state, options);
  if (!options.json) {
    const noted = notes.map((note) => `  ! ${note}\n`).join("");
    terminal.print(`Account ${client.accountSid} at ${client.baseUrl}\n\n${describePlan(plan)}`);
    if (noted !== "") terminal.print(`\nNot taken along:\n${noted}`);
  }
  const goesOn = plan.steps.length > 0 && !options.dryRun && (options.yes || (await terminal.confirm("Do this?")));
  if (!goesOn) {
    const refused = plan.steps.length > 0 && !options.dryRun;
    if (options.json) terminal.print(`${JSON.stringify({ ...planAsJson(plan), notes, done: 0, failure: null })}\n`);
    else if (refused) terminal.print("Nothing was changed.\n");
    return refused ? 1 : 0;
  }
  options.beforeApplying?.();
  const { addToInventory } = options;
  const applying = {
    client,
    addToInventory,
    sids: state.sids,
    secrets,
    domainSuffix: String(installation["trunk_domain_suffix"]),
  };
  const applied = await run(plan.steps, applying, terminal);
  if (options.json) {
    const failure = applied.failure?.message ?? null;
    terminal.print(`${JSON.stringify({ ...planAsJson(plan), notes, done: applied.done, failure })}\n`);
  } else terminal.print(report(plan.steps, applied));
  return applied.failure === undefined ? 0 : 1;
}

/** The plan with the secrets that its steps set. Throws `PlanError`. */
function planned(
  declared: Declared,
  state: State,
  options: CarryOutOptions,
): { readonly plan: Plan; readonly secrets: Secrets; readonly notes: readonly string[] } {
  const plan = planOf(declared.items, state.items, { roots: declared.roots, ...options });
  const { secrets, missing } = secretsOf(plan.steps, options.environment, options.folder);
  const unknown = [...missing.values()];
  const wrong = options.withoutUnknownPasswords ? plan.problems : [...new Set([...plan.problems, ...unknown])];
  if (wrong.length > 0) throw new PlanError(wrong.join("\n"));
  const steps = plan.steps.filter((step) => !missing.has(step));
  return { plan: { ...plan, steps }, secrets, notes: [...(options.notes ?? []), ...unknown] };
}

/** Kinds that the file's things refer to by name, and trunks, by which the API's numbers do. */
function namesNeeded({ items, roots }: Declared): ReadonlySet<KindName> {
  const referred = items.flatMap((item) => referencesOf(item).map(({ kind }) => kind));
  return new Set<KindName>([...referred, ...(roots.has("number") ? (["trunk"] as const) : [])]);
}

type Ready = {
  readonly addToInventory: boolean;
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

function report(steps: readonly Step[], { done, failure }: Applied): string {
  if (failure === undefined) return `Done: ${tally(steps, ["created", "changed", "deleted"])}\n`;
  const [failed, ...rest] = steps.slice(done);
  return [
    `${done} of ${steps.length} done. This failed:`,
    ...(failed === undefined ? [] : [describeStep(failed)]),
    `      ${failure.message}`,
    ...(rest.length > 0 ? ["Not begun:", ...rest.map(describeStep)] : []),
    "Nothing was undone. Set it right and run this again: it goes on from here.",
    "",
  ].join("\n");
}
