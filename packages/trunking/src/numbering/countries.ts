/**
 * Which country a number belongs to, by the digits it begins with: `digits` followed by the ISO 3166-1 code. A longer prefix goes
 * before a shorter one. Compiled from ITU-T E.164 Annex D and the numbering plan of North America.
 *
 * Networks without a country (satellites, universal numbers) have the code `XW`, which ISO leaves to its users.
 */
const WORLD = `
  7RU 76KZ 77KZ 20EG 211SS 212MA 2125288EH 2125289EH 213DZ 216TN 218LY 220GM 221SN 222MR 223ML 224GN 225CI 226BF 227NE 228TG 229BJ
  230MU 231LR 232SL 233GH 234NG 235TD 236CF 237CM 238CV 239ST 240GQ 241GA 242CG 243CD 244AO 245GW 246IO 247AC 248SC 249SD 250RW 251ET
  252SO 253DJ 254KE 255TZ 256UG 257BI 258MZ 260ZM 261MG 262RE 262269YT 262639YT 263ZW 264NA 265MW 266LS 267BW 268SZ 269KM 27ZA 290SH
  291ER 297AW 298FO 299GL 30GR 31NL 32BE 33FR 34ES 350GI 351PT 352LU 353IE 354IS 355AL 356MT 357CY 358FI 35818AX 359BG 36HU 370LT
  371LV 372EE 373MD 374AM 375BY 376AD 377MC 378SM 379VA 380UA 381RS 382ME 383XK 385HR 386SI 387BA 389MK 39IT 3906698VA 40RO 41CH 420CZ
  421SK 423LI 43AT 44GB 441481GG 441534JE 441624IM 447624IM 447781GG 447797JE 45DK 46SE 47NO 4779SJ 48PL 49DE 500FK 501BZ 502GT 503SV
  504HN 505NI 506CR 507PA 508PM 509HT 51PE 52MX 53CU 54AR 55BR 56CL 57CO 58VE 590GP 591BO 592GY 593EC 594GF 595PY 596MQ 597SR 598UY
  599BQ 5999CW 60MY 61AU 6189162CC 6189164CX 62ID 63PH 64NZ 65SG 66TH 670TL 672NF 6721AQ 673BN 674NR 675PG 676TO 677SB 678VU 679FJ
  680PW 681WF 682CK 683NU 685WS 686KI 687NC 688TV 689PF 690TK 691FM 692MH 81JP 82KR 84VN 850KP 852HK 853MO 855KH 856LA 86CN 880BD 886TW
  90TR 91IN 92PK 93AF 94LK 95MM 960MV 961LB 962JO 963SY 964IQ 965KW 966SA 967YE 968OM 970PS 971AE 972IL 973BH 974QA 975BT 976MN 977NP
  98IR 992TJ 993TM 994AZ 995GE 996KG 998UZ
  800XW 808XW 870XW 878XW 881XW 882XW 883XW 888XW 979XW 991XW`;

/** Area codes of the North American plan outside the United States; every other one, toll-free and personal ones too, counts as US. */
const NORTH_AMERICA: Readonly<Record<string, string>> = {
  AG: "268",
  AI: "264",
  AS: "684",
  BB: "246",
  BM: "441",
  BS: "242",
  CA: `204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 387 403 416 418 428 431 437 438 450 460 468 474 506 514 519 537
    548 568 579 581 584 587 600 604 613 622 633 639 644 647 655 672 677 683 688 705 709 742 753 778 780 782 807 819 825 867 873 879 902
    905 942`,
  DM: "767",
  DO: "809 829 849",
  GD: "473",
  GU: "671",
  JM: "876 658",
  KN: "869",
  KY: "345",
  LC: "758",
  MP: "670",
  MS: "664",
  PR: "787 939",
  SX: "721",
  TC: "649",
  TT: "868",
  VC: "784",
  VG: "284",
  VI: "340",
};

const BY_PREFIX: ReadonlyMap<string, string> = new Map([
  ["1", "US"] as const,
  ...words(WORLD).map((word) => [word.slice(0, -2), word.slice(-2)] as const),
  ...Object.entries(NORTH_AMERICA).flatMap(([country, codes]) =>
    words(codes).map((code) => [`1${code}`, country] as const),
  ),
]);
const LONGEST_PREFIX = Math.max(...[...BY_PREFIX.keys()].map((prefix) => prefix.length));

/**
 * ISO 3166-1 code of the country that an E.164 number belongs to, `XW` for worldwide networks; undefined for a number that no country
 * has, and for one without `+`.
 */
export function countryOf(e164: string): string | undefined {
  if (!e164.startsWith("+")) return undefined;
  for (let end = Math.min(e164.length, LONGEST_PREFIX + 1); end > 1; end--) {
    const country = BY_PREFIX.get(e164.slice(1, end));
    if (country !== undefined) return country;
  }
  return undefined;
}

/** Every country there is, with the prefixes (digits after `+`) that lead to it; in the order of ISO codes. */
export function countryPrefixes(): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(BY_PREFIX, ([, country]) => country);
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(sorted.map(([country, entries]) => [country, entries.map(([prefix]) => prefix)]));
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
