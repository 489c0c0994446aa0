import type { DirectoryChange, DirectorySource } from "@trunkline/trunking";

/** One reading of the directory from its beginning on. */
export type DirectoryFollower = {
  changes(changes: readonly DirectoryChange[]): void;
  /** The whole directory has been read once. */
  loaded(): void;
};

/** Two who read along; the second may be missing. */
export function followers(first: DirectoryFollower, second: DirectoryFollower | undefined): DirectoryFollower {
  if (second === undefined) return first;
  return {
    changes(changes) {
      first.changes(changes);
      second.changes(changes);
    },
    loaded() {
      first.loaded();
      second.loaded();
    },
  };
}

/** The same directory, with somebody who reads along: it is large, and so is loaded once for both. */
export function followedBy(source: DirectorySource, follow: () => DirectoryFollower): DirectorySource {
  return {
    subscribe: async (apply) => {
      const follower = follow();
      const subscription = await source.subscribe((changes) => {
        follower.changes(changes);
        apply(changes);
      });
      follower.loaded();
      return subscription;
    },
  };
}
