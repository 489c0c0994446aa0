const NAMES = new Intl.DisplayNames("en", { type: "region" });

/** In English; `XW`, which is no country of ISO's, stands for networks without one. */
export function countryName(isoCountry: string): string {
  return isoCountry === "XW" ? "Satellite and worldwide networks" : (NAMES.of(isoCountry) ?? isoCountry);
}
