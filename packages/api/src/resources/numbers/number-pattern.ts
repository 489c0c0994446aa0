/** The keys of a telephone (ITU-T E.161). */
const KEYPAD = "22233344455566677778889999";
const PATTERN = /^\+?[0-9A-Z*%]{2,20}\$?$/;

/**
 * Reads `Contains` (contract §3.1): digits anywhere in the number, letters as on a telephone's keys, `*` for any one digit, `%` for any
 * number of them, `+` in front for its beginning (country code first), `$` behind for its end. What comes out has digits in place of letters.
 *
 * @returns what is wrong with it in place of a pattern; it completes "Contains …"
 */
export function readContains(given: string): { readonly pattern: string } | { readonly wrong: string } {
  // A form writes a blank where nobody encoded the +; nothing else can be meant by it.
  const text = given.replace(/^ /, "+").toUpperCase();
  if (!PATTERN.test(text)) {
    return {
      wrong: "must be 2 to 20 digits, letters, * and %, with + in front or $ behind where wanted, such as 555****",
    };
  }
  const pattern = text.replace(/[A-Z]/g, (letter) => KEYPAD[letter.charCodeAt(0) - 65] ?? "");
  const runs = pattern.match(/\d+/g) ?? [];
  if (runs.join("").length < 2) return { wrong: "must have at least two digits or letters" };
  // Nothing would narrow the search down.
  if (runs.length > 1 && !runs.some((run) => run.length >= 3)) {
    return { wrong: "must have three digits or letters in a row where there is a * or % between them" };
  }
  return { pattern };
}
