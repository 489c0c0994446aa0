/** What a check returns instead of throwing: `why` is a whole sentence that says what is wrong, where, and what to do. */
export type Invalid = { readonly kind: "invalid"; readonly why: string };

export function invalid(why: string): Invalid {
  return { kind: "invalid", why };
}
