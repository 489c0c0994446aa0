import { Button, Group, Select, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useApiList, useChange } from "../../api/hooks.ts";
import type { IncomingNumber } from "../../api/twilio/numbers.ts";
import { useAccount } from "../../app/session.tsx";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { plainLink } from "../../ui/text-link.tsx";

const texts = defineTexts({
  en: {
    title: "Active numbers",
    lead: "The numbers of this account, and the trunk that each one's calls go to.",
    buy: "Buy a number",
    search: "Search by digits",
    searchHint: "Any digits of the number.",
    number: "Number",
    name: "Friendly name",
    trunk: "Trunk",
    trunkOf: (number: string) => `Trunk of ${number}`,
    none: "No trunk: calls are refused",
    actions: "Actions",
    empty: "No number fits.",
    release: "Release",
    question: "Release this number?",
    consequence: (number: string) =>
      `Calls to ${number} are refused from then on, and it costs nothing any more. Somebody else may get it after a while; it cannot be had back for certain.`,
  },
  ja: {
    title: "所有している番号",
    lead: "このアカウントの番号と、それぞれの着信を受けるトランクです。",
    buy: "番号を購入",
    search: "数字で検索",
    searchHint: "番号に含まれる数字。",
    number: "番号",
    name: "分かりやすい名前",
    trunk: "トランク",
    trunkOf: (number: string) => `${number} のトランク`,
    none: "トランクなし（着信は拒否されます）",
    actions: "操作",
    empty: "該当する番号はありません。",
    release: "リリース",
    question: "この番号をリリースしますか？",
    consequence: (number: string) =>
      `${number} への着信は拒否され、課金も終わります。しばらくすると他の利用者に割り当てられることがあり、取り戻せるとは限りません。`,
  },
});

export default function NumbersPage() {
  const t = useTexts(texts);
  const account = useAccount();
  const [digits, setDigits] = useState("");
  const [search] = useDebouncedValue(digits.replace(/\D/g, ""), 250);
  const list = useApiList("GET /2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json", "incoming_phone_numbers", {
    path: { account },
    query: { PageSize: 50, ...(search === "" ? {} : { PhoneNumber: search }) },
  });
  return (
    <Page title={t.title} lead={t.lead} actions={<Button {...plainLink("/numbers/buy")}>{t.buy}</Button>}>
      <TextInput
        label={t.search}
        description={t.searchHint}
        maw={280}
        value={digits}
        onChange={(event) => setDigits(event.currentTarget.value)}
      />
      <DataTable
        label={t.title}
        list={list}
        keyOf={(number) => number.sid}
        empty={t.empty}
        columns={[
          { label: t.number, cell: (number) => <span className="mono">{number.phone_number}</span> },
          { label: t.name, cell: (number) => number.friendly_name, wideOnly: true },
          { label: t.trunk, cell: (number) => <TrunkOf number={number} /> },
          { label: t.actions, align: "right", cell: (number) => <Release number={number} /> },
        ]}
      />
    </Page>
  );
}

const NO_TRUNK = "none";

function TrunkOf({ number }: { readonly number: IncomingNumber }) {
  const t = useTexts(texts);
  const account = useAccount();
  const trunks = useApiList("GET /v1/Trunks", "trunks", { query: { PageSize: 100 } });
  const save = useChange("POST /2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{sid}.json");
  const choose = (value: string | null): void => {
    if (value !== NO_TRUNK) save.mutate({ path: { account, sid: number.sid }, body: { TrunkSid: value } });
  };
  // Taking a number off its trunk refuses its calls: the trunk's own page does it, and asks first.
  const nothing = number.trunk_sid === null ? [{ value: NO_TRUNK, label: t.none }] : [];
  return (
    <>
      <Select
        size="xs"
        maw={260}
        aria-label={t.trunkOf(number.phone_number)}
        allowDeselect={false}
        disabled={save.isPending}
        value={number.trunk_sid ?? NO_TRUNK}
        onChange={choose}
        data={[
          ...nothing,
          ...trunks.items.map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name || sid })),
        ]}
      />
      <Failure error={save.error} />
    </>
  );
}

function Release({ number }: { readonly number: IncomingNumber }) {
  const t = useTexts(texts);
  const account = useAccount();
  const release = useChange("DELETE /2010-04-01/Accounts/{account}/IncomingPhoneNumbers/{sid}.json");
  return (
    <Group justify="flex-end">
      <ConfirmButton
        size="compact-sm"
        label={t.release}
        question={t.question}
        consequence={t.consequence(number.phone_number)}
        isPending={release.isPending}
        error={release.error}
        onConfirm={() => release.mutateAsync({ path: { account, sid: number.sid } })}
      />
    </Group>
  );
}
