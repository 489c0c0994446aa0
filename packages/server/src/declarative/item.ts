import type { KindName } from "./kinds.ts";

/** A secret by reference: the file never holds one. */
export type SecretReference = { readonly from: "environment" | "file"; readonly name: string };

/** What a field can hold. */
export type Value = null | boolean | number | string | readonly (string | number)[] | SecretReference;
export type Fields = Readonly<Record<string, Value>>;

/**
 * One thing of an account, or of the installation, as the declarative file and the plan have it.
 *
 * @see Kind for what the names of `path` are: the thing's own one last, those of the things that it is part of before it
 */
export type Item = {
  readonly kind: KindName;
  readonly path: readonly string[];
  /** All that the kind has; a secret is null where it is not known. */
  readonly fields: Fields;
};

/** Names one thing: two items with the same key are the same thing. */
export function keyOf({ kind, path }: Pick<Item, "kind" | "path">): string {
  return `${kind} ${JSON.stringify(path)}`;
}

export function isSecretReference(value: Value | undefined): value is SecretReference {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two values say the same; lists count in their order. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A text as people are shown it: in quotes, and nothing in it acts on a terminal or changes the direction of writing. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
