import { describe, expect, it } from "vitest";
import { continentOf } from "./continents.ts";
import { countryOf, countryPrefixes } from "./countries.ts";
import { riskOf, specialPrefixesUnder } from "./risk.ts";

describe("TERM-13: the country of a number", () => {
  it.each([
    ["+12025550100", "US"],
    ["+15005551486", "US"],
    ["+18005550100", "US"],
    ["+14165550100", "CA"],
    ["+18675550100", "CA"],
    ["+18765550100", "JM"],
    ["+16585550100", "JM"],
    ["+18095550100", "DO"],
    ["+17875550100", "PR"],
    ["+14415550100", "BM"],
    ["+442079460000", "GB"],
    ["+441481960000", "GG"],
    ["+447624960000", "IM"],
    ["+79161234567", "RU"],
    ["+77011234567", "KZ"],
    ["+390612345678", "IT"],
    ["+390669812345", "VA"],
    ["+81312345678", "JP"],
    ["+493012345678", "DE"],
    ["+59991234567", "CW"],
    ["+5997123456", "BQ"],
    ["+881612345678", "XW"],
    ["+80012345678", "XW"],
    ["+21000000000", undefined],
    ["+999123456", undefined],
    ["911", undefined],
    ["", undefined],
  ])("%s: %s", (number, country) => {
    expect(countryOf(number)).toBe(country);
  });

  it("knows the world: every code is one of ISO 3166-1, no prefix stands twice", () => {
    const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
    const prefixes = countryPrefixes();
    expect(prefixes.size).toBeGreaterThan(225);
    expect([...prefixes.keys()].filter((code) => code !== "XW" && names.of(code) === undefined)).toEqual([]);
    const all = [...prefixes.values()].flat();
    expect(new Set(all).size).toBe(all.length);
    expect(prefixes.get("GB")).toEqual(["44"]);
    expect(prefixes.get("KZ")).toEqual(["76", "77"]);
  });
});

it("TERM-13: every country is on one continent, worldwide networks are on none", () => {
  expect([...countryPrefixes().keys()].filter((country) => continentOf(country) === undefined)).toEqual(["XW"]);
  expect(["US", "BR", "DE", "JP", "KE", "AU", "AQ"].map(continentOf)).toEqual([
    "NORTH_AMERICA",
    "SOUTH_AMERICA",
    "EUROPE",
    "ASIA",
    "AFRICA",
    "OCEANIA",
    "ANTARCTICA",
  ]);
});

describe("TERM-13: the risk of a number", () => {
  it.each([
    ["+12025550100", "low"],
    ["+15005551486", "low"],
    ["+19005550100", "high-special"],
    ["+442079460000", "low"],
    ["+447700900123", "low"],
    ["+447012345678", "high-special"],
    ["+881612345678", "high-special"],
    ["+25261234567", "high-toll-fraud"],
    ["+18765550100", "high-toll-fraud"],
    ["+37190123456", "high-toll-fraud"],
    ["+37167012345", "low"],
  ])("%s: %s", (number, risk) => {
    expect(riskOf(number)).toBe(risk);
  });

  it("lists the special numbers of a country", () => {
    expect(specialPrefixesUnder(["44"])).toEqual(["4470", "44871", "44872", "44873", "449"]);
  });
});
