import { Select, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useApi } from "../../api/hooks.ts";
import type { CountryPrices } from "../../api/twilio/monitor.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useLanguage, useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";

const texts = defineTexts({
  en: {
    title: "Prices",
    lead: "What a minute of a call costs, by country.",
    country: "Country",
    what: "Call",
    price: "Per minute",
    to: (prefixes: string) => `To ${prefixes}`,
    from: (type: string) => `To your ${type} number`,
    none: "Nobody has set prices here yet: nothing is billed.",
    noneOfCountry: "No prices are set for this country.",
  },
  ja: {
    title: "料金",
    lead: "国ごとの1分あたりの通話料金です。",
    country: "国",
    what: "通話",
    price: "1分あたり",
    to: (prefixes: string) => `${prefixes} 宛の発信`,
    from: (type: string) => `番号(${type})への着信`,
    none: "料金はまだ設定されていません。課金は行われません。",
    noneOfCountry: "この国の料金は設定されていません。",
  },
});

/** What calls to and from a country cost. */
export function Prices() {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const [chosen, setChosen] = useState(language === "ja" ? "JP" : "US");
  const countries = useApi("GET /v2/Trunking/Countries", { query: { PageSize: 1_000 } });
  const names = new Intl.DisplayNames(language, { type: "region" });
  const offered = countries.data?.countries ?? [];
  const country = offered.some(({ iso_country }) => iso_country === chosen) ? chosen : offered[0]?.iso_country;
  return (
    <Section title={t.title} lead={t.lead}>
      <Failure error={countries.error} />
      {countries.data && country === undefined && <Text size="sm">{t.none}</Text>}
      {country !== undefined && (
        <>
          <Select
            label={t.country}
            searchable
            allowDeselect={false}
            value={country}
            onChange={(value) => value !== null && setChosen(value)}
            data={offered.map(({ iso_country }) => ({
              value: iso_country,
              label: names.of(iso_country) ?? iso_country,
            }))}
          />
          <PricesOf country={country} />
        </>
      )}
    </Section>
  );
}

function PricesOf({ country }: { readonly country: string }) {
  const t = useTexts(texts);
  const { data, error } = useApi("GET /v2/Trunking/Countries/{country}", { path: { country } });
  if (data === undefined) return <Failure error={error} />;
  const rows = [
    ...data.terminating_prefix_prices.map((price) => [t.to(shown(price)), price.current_price] as const),
    ...data.originating_call_prices.map((price) => [t.from(price.number_type), price.current_price] as const),
  ];
  if (rows.length === 0) return <Text size="sm">{t.noneOfCountry}</Text>;
  return <PriceTable rows={rows} unit={data.price_unit} />;
}

type PriceTableProps = {
  readonly rows: readonly (readonly [what: string, price: string])[];
  readonly unit: string;
};

function PriceTable({ rows, unit }: PriceTableProps) {
  const t = useTexts(texts);
  const { money } = useFormats();
  return (
    <Table aria-label={t.title} verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.what}</Table.Th>
          <Table.Th ta="right">{t.price}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([what, price]) => (
          <Table.Tr key={what}>
            <Table.Td>{what}</Table.Td>
            <Table.Td ta="right">{money(price, unit)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Some countries have hundreds of prefixes of one price. */
const SHOWN_PREFIXES = 4;

function shown({ destination_prefixes }: CountryPrices["terminating_prefix_prices"][number]): string {
  const few = destination_prefixes.slice(0, SHOWN_PREFIXES).map((prefix) => `+${prefix}`);
  return destination_prefixes.length > SHOWN_PREFIXES ? `${few.join(", ")} …` : few.join(", ");
}
