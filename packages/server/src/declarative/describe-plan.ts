import { writeReference } from "./fields.ts";
import { isSecretReference, quoted, type Value } from "./item.ts";
import { KINDS, titleOf } from "./kinds.ts";
import type { Plan, Step } from "./plan.ts";

const SIGNS = { create: "+", change: "~", delete: "-" } as const;

/** The plan for people: a line for each step, below it what changes. Holds references to secrets, never one. */
export function describePlan({ steps, kept }: Plan): string {
  const lines = steps.flatMap((step) => [describeStep(step), ...describeFields(step)]);
  const notes = kept.map(({ kind, path }) => `  . ${titleOf(kind, path)}`);
  return [
    ...(lines.length === 0
      ? ["Nothing to do: what is there is what the file says."]
      : [...lines, "", tally(steps, ["to create", "to change", "to delete"])]),
    ...(notes.length === 0 ? [] : ["", "There, but not in the file; --prune would delete:", ...notes]),
    "",
  ].join("\n");
}

/** One line of a plan. */
export function describeStep(step: Step): string {
  return `  ${SIGNS[step.action]} ${titleOf(step.item.kind, step.item.path)}`;
}

function describeFields(step: Step): readonly string[] {
  switch (step.action) {
    case "create":
      return Object.entries(KINDS[step.item.kind].fields)
        .filter(([key, { fallback }]) => JSON.stringify(step.item.fields[key]) !== JSON.stringify(fallback))
        .map(([key]) => `      ${key}: ${shown(step.item.fields[key] ?? null)}`);
    case "change":
      return step.changes.map(({ field, from, to }) => {
        return `      ${field}: ${isSecretReference(to) ? "" : `${shown(from)} -> `}${shown(to)}`;
      });
    case "delete":
      return [];
    default:
      return step satisfies never;
  }
}

/** "3 to create, 1 to change, 0 to delete." @param words for what is created, changed and deleted */
export function tally(steps: readonly Step[], words: readonly [string, string, string]): string {
  const actions = ["create", "change", "delete"] as const;
  const counts = actions.map((action, i) => `${steps.filter((step) => step.action === action).length} ${words[i]}`);
  return `${counts.join(", ")}.`;
}

function shown(value: Value): string {
  if (isSecretReference(value)) return `from ${quoted(writeReference(value)).slice(1, -1)}`;
  if (value === null) return "none";
  return typeof value === "string" ? quoted(value) : JSON.stringify(value);
}

/** The plan for programs. */
export function planAsJson({ steps, kept }: Plan): object {
  return {
    steps: steps.map((step) => ({
      action: step.action,
      kind: step.item.kind,
      path: step.item.path,
      ...(step.action === "change" ? { changes: step.changes.map(asJson) } : {}),
    })),
    kept: kept.map(({ kind, path }) => ({ kind, path })),
  };
}

function asJson({ field, from, to }: { readonly field: string; readonly from: Value; readonly to: Value }): object {
  return { field, from, to: isSecretReference(to) ? writeReference(to) : to };
}
