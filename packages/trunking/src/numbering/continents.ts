export type Continent = "AFRICA" | "ANTARCTICA" | "ASIA" | "EUROPE" | "NORTH_AMERICA" | "OCEANIA" | "SOUTH_AMERICA";

/** ISO 3166-1 codes by continent, after the regions of UN M.49; a country on two stands where most of its people live. */
const MEMBERS: Readonly<Record<Continent, string>> = {
  AFRICA: `AC AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML MR MU MW MZ NA NE NG RE
    RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW`,
  ANTARCTICA: "AQ",
  ASIA: `AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH PK PS QA SA SG SY
    TH TJ TL TM TR TW UZ VN YE`,
  EUROPE: `AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK MT NL NO PL PT RO
    RS RU SE SI SJ SK SM UA VA XK`,
  NORTH_AMERICA: `AG AI AW BB BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MQ MS MX NI PA PM PR SV SX TC TT US VC VG VI`,
  OCEANIA: "AS AU CC CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PW SB TK TO TV VU WF WS",
  SOUTH_AMERICA: "AR BO BR CL CO EC FK GF GY PE PY SR UY VE",
};

const BY_COUNTRY: ReadonlyMap<string, Continent> = new Map(
  Object.entries(MEMBERS).flatMap(([continent, countries]) =>
    countries
      .trim()
      .split(/\s+/)
      .map((country) => [country, continent as Continent] as const),
  ),
);

/** The continent of a country; undefined for worldwide networks (`XW`) and for what is no country of `countryPrefixes`. */
export function continentOf(country: string): Continent | undefined {
  return BY_COUNTRY.get(country);
}
