import type { DirectoryReader } from "../directory/directory.types.ts";
import { quoted } from "./ruling.ts";
import type { Attempt, Facts, Incident } from "./types.ts";

/** What becomes of the way out that a target's URL asks for. */
export type Egress =
  /** `note`: it is not quite as asked. */
  | { readonly kind: "open"; readonly note: string | undefined; readonly incident: Incident | undefined }
  /** The target cannot be called. */
  | { readonly kind: "blocked"; readonly why: string; readonly incident: Incident };

const CONNECTION_SID = /^TX[0-9a-f]{32}$/;

/**
 * ORIG-5, ORIG-13. An edge is a wish: a call that cannot leave from there leaves from here. A private connection is a condition: its targets
 * mostly have addresses that mean something else, or nothing, outside of it, so that without it nobody is called (32301, 32302).
 */
export function checkEgress(
  { edge, tnx }: Attempt["egress"],
  directory: Pick<DirectoryReader, "edge">,
  facts: Facts,
): Egress {
  if (tnx !== null && !CONNECTION_SID.test(tnx)) {
    const why = `tnx=${quoted(tnx)} is not the SID of a private connection (TX and 32 hexadecimal digits)`;
    return { kind: "blocked", why, incident: { code: 32301, text: why } };
  }
  if (tnx !== null && !facts.connections?.has(tnx)) {
    const why = `edge ${facts.edge} has no private connection ${tnx}`;
    return { kind: "blocked", why, incident: { code: 32302, text: why } };
  }
  if (edge === null || edge.toLowerCase() === facts.edge.toLowerCase()) return OPEN;
  const name = directory.edge(edge)?.name;
  if (name === facts.edge) return OPEN;
  const leaves = `the call leaves from ${facts.edge}`;
  if (name !== undefined) return { ...OPEN, note: `edge ${name} is not on this node; ${leaves}` };
  const note = `there is no edge ${quoted(edge)}; ${leaves}`;
  return { ...OPEN, note, incident: { code: 32114, text: note } };
}

const OPEN: Extract<Egress, { readonly kind: "open" }> = { kind: "open", note: undefined, incident: undefined };
