import { Alert, Group, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useApi, useApiList, useChange } from "../../api/hooks.ts";
import { useAccount } from "../../app/session.tsx";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Page } from "../../ui/page.tsx";
import { TextLink } from "../../ui/text-link.tsx";

const texts = defineTexts({
  en: {
    title: "Buy a number",
    lead: "Numbers that this installation has free. A bought number takes calls as soon as it has a trunk with an origination URI.",
    above: "Active numbers",
    country: "Country",
    type: "Type",
    Local: "Local",
    TollFree: "Toll free",
    Mobile: "Mobile",
    contains: "Contains",
    containsHint: "Digits, * for any one: 415***1234.",
    trunk: "Trunk for it",
    noTrunk: "None yet",
    number: "Number",
    place: "Place",
    buy: "Buy",
    question: (number: string) => `Buy ${number}?`,
    consequence: "It is this account's at once, and costs its monthly price until it is released.",
    empty: "No free number fits. Try fewer digits, another type or another country.",
    bought: (number: string) => `${number} is yours.`,
    see: "See your numbers",
  },
  ja: {
    title: "番号を購入",
    lead: "この環境で空いている番号です。購入した番号は、オリジネーション URI のあるトランクに関連付けるとすぐに着信できます。",
    above: "所有している番号",
    country: "国",
    type: "種別",
    Local: "市内",
    TollFree: "フリーダイヤル",
    Mobile: "携帯",
    contains: "含まれる数字",
    containsHint: "数字と *（任意の 1 桁）。例: 415***1234",
    trunk: "関連付けるトランク",
    noTrunk: "まだ選ばない",
    number: "番号",
    place: "地域",
    buy: "購入",
    question: (number: string) => `${number} を購入しますか？`,
    consequence: "直ちにこのアカウントの番号になり、リリースするまで月額料金がかかります。",
    empty: "空き番号がありません。数字を減らすか、種別や国を変えてみてください。",
    bought: (number: string) => `${number} を購入しました。`,
    see: "番号の一覧へ",
  },
});

const TYPES = ["Local", "TollFree", "Mobile"] as const;
const NO_TRUNK = "none";

export default function BuyPage() {
  const t = useTexts(texts);
  const account = useAccount();
  const [country, setCountry] = useState("US");
  const [type, setType] = useState<string>("Local");
  const [pattern, setPattern] = useState("");
  const [contains] = useDebouncedValue(pattern.trim(), 250);
  const [trunk, setTrunk] = useState(NO_TRUNK);
  const countries = useApi("GET /2010-04-01/Accounts/{account}/AvailablePhoneNumbers.json", {
    path: { account },
    query: { PageSize: 200 },
  });
  const trunks = useApiList("GET /v1/Trunks", "trunks", { query: { PageSize: 100 } });
  const list = useApiList(
    "GET /2010-04-01/Accounts/{account}/AvailablePhoneNumbers/{country}/{type}.json",
    "available_phone_numbers",
    { path: { account, country, type }, query: { PageSize: 30, ...(contains === "" ? {} : { Contains: contains }) } },
  );
  const buy = useChange("POST /2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json");
  const purchase = (PhoneNumber: string): Promise<unknown> =>
    buy.mutateAsync({ path: { account }, body: { PhoneNumber, ...(trunk === NO_TRUNK ? {} : { TrunkSid: trunk }) } });
  return (
    <Page title={t.title} lead={t.lead} above={[{ to: "/numbers", label: t.above }]}>
      <Group align="end" gap="sm">
        <Select
          label={t.country}
          searchable
          allowDeselect={false}
          value={country}
          onChange={(value) => value !== null && setCountry(value)}
          data={(countries.data?.countries ?? []).map(({ country_code, country: name }) => ({
            value: country_code,
            label: name,
          }))}
        />
        <SegmentedControl
          aria-label={t.type}
          value={type}
          onChange={setType}
          data={TYPES.map((value) => ({ value, label: t[value] }))}
        />
        <TextInput
          label={t.contains}
          description={t.containsHint}
          value={pattern}
          onChange={(event) => setPattern(event.currentTarget.value)}
        />
        <Select
          label={t.trunk}
          allowDeselect={false}
          value={trunk}
          onChange={(value) => setTrunk(value ?? NO_TRUNK)}
          data={[
            { value: NO_TRUNK, label: t.noTrunk },
            ...trunks.items.map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name || sid })),
          ]}
        />
      </Group>
      {buy.data && (
        <Alert color="green" role="status">
          <Stack gap={4}>
            {t.bought(buy.data.phone_number)}
            <TextLink to="/numbers">{t.see}</TextLink>
          </Stack>
        </Alert>
      )}
      <DataTable
        label={t.title}
        list={list}
        keyOf={(number) => number.phone_number}
        empty={t.empty}
        columns={[
          { label: t.number, cell: (number) => <span className="mono">{number.phone_number}</span> },
          { label: t.place, cell: ({ locality, region }) => [locality, region].filter(Boolean).join(", ") || "—" },
          {
            label: t.buy,
            align: "right",
            cell: ({ phone_number }) => (
              <ConfirmButton
                size="compact-sm"
                color="blue"
                label={t.buy}
                question={t.question(phone_number)}
                consequence={t.consequence}
                isPending={buy.isPending}
                error={buy.error}
                onConfirm={() => purchase(phone_number)}
              />
            ),
          },
        ]}
      />
    </Page>
  );
}
