import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useApiList, useChange } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { TextLink, useGo } from "../../ui/text-link.tsx";

const texts = defineTexts({
  en: {
    title: "Trunks",
    lead: "A trunk connects your PBX or session border controller with the telephone network. Open one to set it up.",
    name: "Name of a new trunk",
    create: "Create trunk",
    trunk: "Trunk",
    unnamed: "Without a name",
    domain: "Termination SIP URI",
    authentication: "Authentication",
    none: "none: calls are refused",
    IP_ACL: "IP access control list",
    CREDENTIAL_LIST: "Credential list",
    created: "Created",
    empty: "There is no trunk yet. Give the first one a name above.",
  },
  ja: {
    title: "トランク",
    lead: "トランクは、お使いの PBX や SBC を電話網に接続します。開いて設定してください。",
    name: "新しいトランクの名前",
    create: "トランクを作成",
    trunk: "トランク",
    unnamed: "名前なし",
    domain: "ターミネーション SIP URI",
    authentication: "認証",
    none: "なし（通話は拒否されます）",
    IP_ACL: "IP アクセスコントロールリスト",
    CREDENTIAL_LIST: "クレデンシャルリスト",
    created: "作成日",
    empty: "トランクはまだありません。上の欄に名前を入力して作成してください。",
  },
});

export default function TrunksPage() {
  const t = useTexts(texts);
  const formats = useFormats();
  const list = useApiList("GET /v1/Trunks", "trunks", { query: { PageSize: 50 } });
  return (
    <Page title={t.title} lead={t.lead}>
      <CreateTrunk />
      <DataTable
        label={t.title}
        list={list}
        keyOf={(trunk) => trunk.sid}
        empty={t.empty}
        columns={[
          {
            label: t.trunk,
            cell: (trunk) => (
              <TextLink to={`/trunks/${trunk.sid}/general`}>{trunk.friendly_name || t.unnamed}</TextLink>
            ),
          },
          { label: t.domain, cell: (trunk) => <span className="mono">{trunk.domain_name ?? "—"}</span> },
          {
            label: t.authentication,
            cell: ({ auth_type_set: types }) =>
              types.length === 0 ? t.none : types.map((type) => t[type]).join(" + "),
            wideOnly: true,
          },
          { label: t.created, cell: (trunk) => formats.date(trunk.date_created), wideOnly: true },
        ]}
      />
    </Page>
  );
}

function CreateTrunk() {
  const t = useTexts(texts);
  const go = useGo();
  const [name, setName] = useState("");
  const create = useChange("POST /v1/Trunks");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ body: { FriendlyName: name } }, { onSuccess: (trunk) => go(`/trunks/${trunk.sid}/general`) });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="sm">
        <TextInput label={t.name} required value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Button type="submit" loading={create.isPending}>
          {t.create}
        </Button>
      </Group>
      <Failure error={create.error} />
    </form>
  );
}
