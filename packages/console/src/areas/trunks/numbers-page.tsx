import { Alert, Button, Group, Select } from "@mantine/core";
import { useState } from "react";
import { useApiList, useChange } from "../../api/hooks.ts";
import { useAccount } from "../../app/session.tsx";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import { TrunkFrame } from "./trunk-frame.tsx";

const texts = defineTexts({
  en: {
    title: "Numbers of this trunk",
    lead: "Calls to these numbers go to the trunk's origination URIs. They share its settings.",
    number: "Number",
    name: "Friendly name",
    actions: "Actions",
    none: "No number is associated with this trunk.",
    choose: "Number of the account",
    add: "Associate with this trunk",
    moves: (trunk: string) => `This number is on the trunk ${trunk} now; its calls will come here instead.`,
    remove: "Remove",
    removeQuestion: "Remove this number from the trunk?",
    removeConsequence: (number: string) =>
      `Calls to ${number} are refused until it has another trunk. The number stays yours and keeps costing.`,
  },
  ja: {
    title: "このトランクの番号",
    lead: "これらの番号への着信は、トランクのオリジネーション SIP URI に送られます。設定は共通です。",
    number: "番号",
    name: "分かりやすい名前",
    actions: "操作",
    none: "このトランクに関連付けられた番号はありません。",
    choose: "アカウントの番号",
    add: "このトランクに関連付ける",
    moves: (trunk: string) => `この番号は現在トランク ${trunk} に関連付けられています。関連付けるとこちらに移ります。`,
    remove: "解除",
    removeQuestion: "この番号の関連付けを解除しますか？",
    removeConsequence: (number: string) =>
      `別のトランクに関連付けるまで、${number} への着信は拒否されます。番号はアカウントに残り、引き続き課金されます。`,
  },
});

export default function NumbersPage() {
  return <TrunkFrame tab="numbers">{(trunk) => <Numbers trunkSid={trunk.sid} />}</TrunkFrame>;
}

function Numbers({ trunkSid }: { readonly trunkSid: string }) {
  const t = useTexts(texts);
  const list = useApiList("GET /v1/Trunks/{trunk}/PhoneNumbers", "phone_numbers", {
    path: { trunk: trunkSid },
    query: { PageSize: 50 },
  });
  const remove = useChange("DELETE /v1/Trunks/{trunk}/PhoneNumbers/{sid}");
  return (
    <Section title={t.title} lead={t.lead}>
      <Associate trunkSid={trunkSid} />
      <DataTable
        label={t.title}
        list={list}
        keyOf={(number) => number.sid}
        empty={t.none}
        columns={[
          { label: t.number, cell: (number) => <span className="mono">{number.phone_number}</span> },
          { label: t.name, cell: (number) => number.friendly_name, wideOnly: true },
          {
            label: t.actions,
            align: "right",
            cell: ({ sid, phone_number }) => (
              <ConfirmButton
                size="compact-sm"
                label={t.remove}
                question={t.removeQuestion}
                consequence={t.removeConsequence(phone_number)}
                isPending={remove.isPending}
                error={remove.error}
                onConfirm={() => remove.mutateAsync({ path: { trunk: trunkSid, sid } })}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}

function Associate({ trunkSid }: { readonly trunkSid: string }) {
  const t = useTexts(texts);
  const account = useAccount();
  const [chosen, setChosen] = useState<string | null>(null);
  const [search, setSearch] = useState("");
  const numbers = useApiList("GET /2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json", "incoming_phone_numbers", {
    path: { account },
    query: { PageSize: 50, ...(search === "" ? {} : { PhoneNumber: search }) },
  });
  const others = numbers.items.filter((number) => number.trunk_sid !== trunkSid);
  const add = useChange("POST /v1/Trunks/{trunk}/PhoneNumbers");
  const before = others.find(({ sid }) => sid === chosen)?.trunk_sid;
  return (
    <>
      <Group align="end" gap="sm">
        <Select
          label={t.choose}
          searchable
          onSearchChange={(text) => setSearch(text.replace(/[^\d*]/g, ""))}
          filter={({ options }) => options}
          value={chosen}
          onChange={setChosen}
          data={others.map(({ sid, phone_number }) => ({ value: sid, label: phone_number }))}
        />
        <Button
          variant="default"
          disabled={chosen === null}
          loading={add.isPending}
          onClick={() =>
            add.mutate(
              { path: { trunk: trunkSid }, body: { PhoneNumberSid: chosen } },
              { onSuccess: () => setChosen(null) },
            )
          }
        >
          {t.add}
        </Button>
      </Group>
      {before && <Alert color="yellow">{t.moves(before)}</Alert>}
      <Failure error={add.error} />
    </>
  );
}
