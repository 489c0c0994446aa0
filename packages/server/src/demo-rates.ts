import type { Rate, Store } from "@trunkline/store";

type Price = readonly [place: string, price: number, name: string];

/** Outgoing minutes by prefix; everything else is dear enough that nobody takes the example for an offer. */
const TERMINATION: readonly Price[] = [
  ["", 0.25, "Outbound Trunking Minute - Everywhere else"],
  ["1", 0.0052, "Outbound Trunking Minute - United States & Canada"],
  ["1800", 0.001, "Outbound Trunking Minute - United States & Canada - Toll Free"],
  ["1888", 0.001, "Outbound Trunking Minute - United States & Canada - Toll Free"],
  ["1900", 2.5, "Outbound Trunking Minute - United States & Canada - Premium Rate"],
  ["1907", 0.09, "Outbound Trunking Minute - United States - Alaska"],
  ["33", 0.0095, "Outbound Trunking Minute - France"],
  ["336", 0.038, "Outbound Trunking Minute - France - Mobile"],
  ["44", 0.008, "Outbound Trunking Minute - United Kingdom"],
  ["447", 0.031, "Outbound Trunking Minute - United Kingdom - Mobile"],
  ["49", 0.009, "Outbound Trunking Minute - Germany"],
  ["491", 0.034, "Outbound Trunking Minute - Germany - Mobile"],
  ["81", 0.032, "Outbound Trunking Minute - Japan"],
  ["8190", 0.098, "Outbound Trunking Minute - Japan - Mobile"],
];
/** Incoming minutes and months, by country and type. */
const ORIGINATION: readonly Price[] = [
  ["US local", 0.0034, "Inbound Trunking Minute - United States - Local"],
  ["US toll free", 0.013, "Inbound Trunking Minute - United States - Toll Free"],
  ["GB local", 0.0045, "Inbound Trunking Minute - United Kingdom - Local"],
  ["DE local", 0.0055, "Inbound Trunking Minute - Germany - Local"],
  ["JP local", 0.0065, "Inbound Trunking Minute - Japan - Local"],
];
const NUMBER: readonly Price[] = [
  ["US local", 1.15, "Phone Number - United States - Local"],
  ["US toll free", 2.15, "Phone Number - United States - Toll Free"],
  ["GB local", 1.15, "Phone Number - United Kingdom - Local"],
  ["DE local", 1.5, "Phone Number - Germany - Local"],
  ["JP local", 4.5, "Phone Number - Japan - Local"],
];

/** An example of a rate deck, invented for the demo; an installation that has rates keeps its own. */
export async function addDemoRates(store: Store, mint: (prefix: "RT") => string): Promise<void> {
  if ((await store.rates.list({}, { limit: 1 })).rows.length > 0) return;
  const deck: readonly Rate[] = [
    ...TERMINATION.map(([prefix, price, name]): Rate => {
      return { ...common(mint, price, name), kind: "termination", prefix, isoCountry: null, numberType: null };
    }),
    ...[...ORIGINATION, ...NUMBER].map(([place, price, name], index): Rate => {
      const kind = index < ORIGINATION.length ? "origination" : "number";
      const numberType = place.endsWith("toll free") ? "toll free" : "local";
      return { ...common(mint, price, name), kind, prefix: null, isoCountry: place.slice(0, 2), numberType };
    }),
  ];
  await store.rates.put(deck);
}

function common(mint: (prefix: "RT") => string, price: number, friendlyName: string) {
  return { sid: mint("RT"), friendlyName, priceMicros: Math.round(price * 1_000_000) };
}
