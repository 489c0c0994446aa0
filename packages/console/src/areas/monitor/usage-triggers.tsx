import { useApiList, useChange } from "../../api/hooks.ts";
import type { UsageRecord, UsageTrigger } from "../../api/twilio/monitor.ts";
import { useAccount } from "../../app/session.tsx";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Section } from "../../ui/section.tsx";
import { UsageTriggerForm } from "./usage-trigger-form.tsx";

const texts = defineTexts({
  en: {
    title: "Usage triggers",
    lead: "A URL of yours is told when usage reaches a value: a guard against surprises on the bill.",
    name: "Name",
    category: "Category",
    value: "Now / fires at",
    recurring: "Starts anew",
    fired: "Last fired",
    daily: "daily",
    monthly: "monthly",
    yearly: "yearly",
    alltime: "never",
    remove: "Delete",
    question: (name: string) => `Delete the trigger ${name}?`,
    consequence: "Nobody is told any more when this usage is reached.",
    actions: "Actions",
    empty: "No triggers yet. Make one with the form below.",
  },
  ja: {
    title: "使用量トリガー",
    lead: "使用量が指定値に達したときに、お客様のURLに通知します。想定外の請求を防ぐのに役立ちます。",
    name: "名前",
    category: "カテゴリー",
    value: "現在値 / しきい値",
    recurring: "リセット",
    fired: "最終通知",
    daily: "毎日",
    monthly: "毎月",
    yearly: "毎年",
    alltime: "なし",
    remove: "削除",
    question: (name: string) => `トリガー「${name}」を削除しますか?`,
    consequence: "この使用量に達しても通知されなくなります。",
    actions: "操作",
    empty: "トリガーはまだありません。下のフォームから作成できます。",
  },
});

/** Who is told when usage gets much. */
export function UsageTriggers({ categories }: { readonly categories: readonly UsageRecord[] }) {
  const t = useTexts(texts);
  const { dateTime, number } = useFormats();
  const account = useAccount();
  const triggers = useApiList("GET /2010-04-01/Accounts/{account}/Usage/Triggers.json", "usage_triggers", {
    path: { account },
  });
  return (
    <Section title={t.title} lead={t.lead}>
      <DataTable
        label={t.title}
        list={triggers}
        keyOf={({ sid }) => sid}
        empty={t.empty}
        columns={[
          { label: t.name, cell: nameOf },
          { label: t.category, cell: ({ usage_category }) => usage_category, wideOnly: true },
          {
            label: t.value,
            align: "right",
            cell: ({ current_value, trigger_value }) =>
              `${number(Number(current_value), 2)} / ${number(Number(trigger_value), 2)}`,
          },
          { label: t.recurring, cell: ({ recurring }) => t[recurring], wideOnly: true },
          { label: t.fired, cell: ({ date_fired }) => dateTime(date_fired), wideOnly: true },
          {
            label: t.actions,
            align: "right",
            cell: (trigger) => <DeleteTrigger trigger={trigger} account={account} />,
          },
        ]}
      />
      <UsageTriggerForm categories={categories} />
    </Section>
  );
}

function nameOf({ friendly_name, sid }: UsageTrigger): string {
  return friendly_name === "" ? sid : friendly_name;
}

function DeleteTrigger({ trigger, account }: { readonly trigger: UsageTrigger; readonly account: string }) {
  const t = useTexts(texts);
  const remove = useChange("DELETE /2010-04-01/Accounts/{account}/Usage/Triggers/{sid}.json");
  return (
    <ConfirmButton
      size="compact-sm"
      label={t.remove}
      question={t.question(nameOf(trigger))}
      consequence={t.consequence}
      onConfirm={() => remove.mutateAsync({ path: { account, sid: trigger.sid } })}
      isPending={remove.isPending}
      error={remove.error}
    />
  );
}
