/** NIST SP 800-63B-4 §3.1.1.2 asks for 15 where a password stands alone and 8 beside a second factor. */
const LENGTH_MIN = 12;
const LENGTH_MAX = 128;

/** The commonest of those that are long enough, by the published lists of leaked passwords; without digits and signs at either end. */
const COMMON: ReadonlySet<string> = new Set(
  `password passwordpassword passw0rd p@ssword p@ssw0rd pa$$word qwerty qwertyuiop qwertyuiopasdfghjkl asdfghjkl asdfghjklqwertyuiop
  zxcvbnm qwertyuiopzxcvbnm qazwsx qazwsxedc qazwsxedcrfv qwer1234qwer 1q2w3e4r5t6y 1qaz2wsx3edc q1w2e3r4t5y6 zaq12wsx iloveyou
  iloveyouforever iloveyousomuch letmein letmeinnow letmeinplease welcome welcomehome administrator admin administration adminadmin
  changeme changemenow changethis default defaultpassword secret secretpassword mypassword masterpassword rootroot superuser superman
  batman spiderman starwars pokemon dragon monkey football baseball basketball liverpool manchester chelseafc barcelona
  realmadrid juventus princess sunshine michael jennifer jessica whatever trustno1 correcthorsebatterystaple trunkline
  twilio siptrunk siptrunking asterisk freepbx elasticsiptrunking computer internet samsung facebook microsoft
  thisismypassword nopassword donttellanyone unknown testtest testpassword testing temporary tempassword temppassword`.split(
    /\s+/,
  ),
);

/**
 * What is wrong with a password for the console, completing the sentence "Password …"; undefined when nothing is. Length and what everybody
 * tries first; no rules about kinds of characters (NIST SP 800-63B-4 §3.1.1.2).
 *
 * @param names what the user is called, such as the e-mail address; a password that is little more is refused
 */
export function whyBadPassword(password: string, names: readonly string[]): string | undefined {
  const length = [...password].length;
  if (length < LENGTH_MIN) return `must have at least ${LENGTH_MIN} characters`;
  if (length > LENGTH_MAX) return `must have at most ${LENGTH_MAX} characters`;
  const lower = password.toLowerCase();
  const words = lower.replaceAll(/^\P{L}+|\P{L}+$/gu, "");
  const isName = names.some(
    (name) => name.length > 3 && words.includes(name.toLowerCase()) && length - name.length < 8,
  );
  const isCommon = COMMON.has(words) || COMMON.has(lower) || /^\d+$/.test(lower) || isRepeated(lower) || isRun(lower);
  return isName || isCommon ? "is one of those that are tried first: choose a less common one" : undefined;
}

/** The same few characters over and over. */
function isRepeated(text: string): boolean {
  return /^(.{1,6}?)\1+.{0,5}$/su.test(text);
}

/** Up or down the alphabet or the digits. */
function isRun(text: string): boolean {
  const steps = [...text].slice(1).map((letter, i) => (letter.codePointAt(0) ?? 0) - (text.codePointAt(i) ?? 0));
  return steps.filter((step) => Math.abs(step) === 1).length >= text.length - 3;
}
