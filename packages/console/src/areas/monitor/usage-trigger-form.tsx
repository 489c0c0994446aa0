import { Button, Group, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useChange } from "../../api/hooks.ts";
import type { UsageRecord } from "../../api/twilio/monitor.ts";
import { useAccount } from "../../app/session.tsx";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";

const texts = defineTexts({
  en: {
    name: "Name",
    category: "Category",
    by: "What counts",
    count: "Count (calls, numbers)",
    usage: "Usage (minutes)",
    price: "Price",
    value: "Value",
    valueHint: "+50 means 50 more than now.",
    recurring: "Starts anew",
    daily: "Daily",
    monthly: "Monthly",
    yearly: "Yearly",
    alltime: "Never",
    url: "URL that is told",
    create: "Create trigger",
  },
  ja: {
    name: "名前",
    category: "カテゴリー",
    by: "対象",
    count: "件数(通話数、番号数)",
    usage: "使用量(分)",
    price: "料金",
    value: "しきい値",
    valueHint: "+50は「現在値より50多い値」を意味します。",
    recurring: "リセット",
    daily: "毎日",
    monthly: "毎月",
    yearly: "毎年",
    alltime: "なし",
    url: "通知先URL",
    create: "トリガーを作成",
  },
});

const EMPTY = {
  FriendlyName: "",
  UsageCategory: "calls",
  TriggerBy: "usage",
  TriggerValue: "",
  Recurring: "monthly",
  CallbackUrl: "",
};

export function UsageTriggerForm({ categories }: { readonly categories: readonly UsageRecord[] }) {
  const t = useTexts(texts);
  const account = useAccount();
  const [fields, setFields] = useState(EMPTY);
  const create = useChange("POST /2010-04-01/Accounts/{account}/Usage/Triggers.json");
  const set = (name: keyof typeof EMPTY) => (value: string | null) =>
    setFields((before) => ({ ...before, [name]: value ?? "" }));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ path: { account }, body: fields }, { onSuccess: () => setFields(EMPTY) });
  };
  const choice = (name: "TriggerBy" | "Recurring", label: string, values: readonly (keyof typeof t)[]) => (
    <Select
      label={label}
      allowDeselect={false}
      value={fields[name]}
      onChange={set(name)}
      data={values.map((value) => ({ value, label: t[value] }))}
    />
  );
  const text = (name: "FriendlyName" | "TriggerValue" | "CallbackUrl", label: string, isRequired: boolean) => (
    <TextInput
      label={label}
      required={isRequired}
      value={fields[name]}
      onChange={(event) => set(name)(event.currentTarget.value)}
      {...(name === "TriggerValue" && { description: t.valueHint, inputMode: "decimal" })}
      {...(name === "CallbackUrl" && { type: "url", placeholder: "https://", w: 320, maw: "100%" })}
    />
  );
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="sm" mb="sm">
        {text("FriendlyName", t.name, false)}
        <Select
          label={t.category}
          searchable
          allowDeselect={false}
          value={fields.UsageCategory}
          onChange={set("UsageCategory")}
          data={categories.map(({ category, description }) => ({ value: category, label: description }))}
        />
        {choice("TriggerBy", t.by, ["usage", "count", "price"])}
        {text("TriggerValue", t.value, true)}
        {choice("Recurring", t.recurring, ["daily", "monthly", "yearly", "alltime"])}
        {text("CallbackUrl", t.url, true)}
        <Button type="submit" loading={create.isPending}>
          {t.create}
        </Button>
      </Group>
      <Failure error={create.error} />
    </form>
  );
}
