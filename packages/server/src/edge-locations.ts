import type { Store } from "@trunkline/store";

/** The shipped example of edges and their legacy region names (NET-1); operators change them. */
const EXAMPLE_EDGES: readonly (readonly [name: string, ...aliases: string[]])[] = [
  ["ashburn", "us1"],
  ["umatilla", "us2"],
  ["dublin", "ie1"],
  ["frankfurt", "de1"],
  ["singapore", "sg1"],
  ["tokyo", "jp1"],
  ["sao-paulo", "br1"],
  ["sydney", "au1"],
];

/** Names and aliases of the edges that an installation knows at its start, its own among them. */
export function edgeNames(ownEdge: string): readonly string[] {
  return [...new Set([...EXAMPLE_EDGES.flat(), ownEdge])];
}

/** Makes sure that the example edges and this node's own edge can be named in localized termination URIs. */
export async function ensureEdgeLocations(store: Store, ownEdge: string): Promise<void> {
  for (const [name, ...aliases] of EXAMPLE_EDGES) await store.edgeLocations.upsert({ name, aliases });
  if (!EXAMPLE_EDGES.some(([name]) => name === ownEdge))
    await store.edgeLocations.upsert({ name: ownEdge, aliases: [] });
}
