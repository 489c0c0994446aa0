/** Why the two accounts of one call cannot both be true, or undefined. */
export function disagreement(alice: readonly string[], bob: readonly string[]): string | undefined {
  for (const heard of [alice, bob]) {
    const ends = heard.filter((word) => word.startsWith("ended")).length;
    if (ends > 1 || (ends === 1 && !heard.at(-1)?.startsWith("ended"))) return "ended is not the last word";
  }
  if (!alice.at(-1)?.startsWith("ended")) return "the caller's session never ended";
  if (bob.length > 0 && !bob.at(-1)?.startsWith("ended")) return "the callee's session never ended";
  const outcomes = alice.filter((word) => word === "answer" || word.startsWith("fail"));
  if (outcomes.length !== 1) return "not exactly one outcome";
  const isAnswered = outcomes[0] === "answer";
  if (isAnswered && bob.at(-1) === "ended failed") return "answered for the caller, refused by the callee";
  if (outcomes[0] === "fail response 486" && bob.at(-1) !== "ended failed") return "refused by nobody";
  if (bob.at(-1) === "ended bye" && !bob.includes("cancelled") && !isAnswered && !outcomes[0]?.includes("cancelled")) {
    return "ended by a caller who never had the call";
  }
  return undefined;
}
