/** Cuts tried at most, and for how long: a finding is worth seconds, not minutes. */
const MAX_TRIALS = 4_000;
const MAX_MS = 3_000;

/** The shortest text that can be had by leaving parts out and still fails, halving the parts each time nothing can go. */
export function minimise(input: string, fails: (text: string) => boolean): string {
  let text = input;
  let trials = 0;
  const untilMs = performance.now() + MAX_MS;
  for (let length = Math.ceil(text.length / 2); length >= 1; length = length === 1 ? 0 : Math.ceil(length / 2)) {
    for (let at = 0; at < text.length && trials < MAX_TRIALS && performance.now() < untilMs; ) {
      const shorter = text.slice(0, at) + text.slice(at + length);
      trials++;
      if (fails(shorter)) text = shorter;
      else at += length;
    }
  }
  return text;
}
