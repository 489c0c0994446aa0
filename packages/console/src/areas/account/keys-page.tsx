import { Alert, Button, Group, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useApiList, useChange } from "../../api/hooks.ts";
import type { ApiKey } from "../../api/twilio/accounts.ts";
import { useAccount } from "../../app/session.tsx";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { CopyText } from "../../ui/copy-text.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Fact, Facts, Section } from "../../ui/section.tsx";

const texts = defineTexts({
  en: {
    title: "API keys",
    lead: "Credentials for programs: the key's SID is the user name, its secret the password. A key can be taken away without touching the others.",
    create: "Create key",
    name: "Name",
    kind: "Kind",
    standard: "Standard: everything but keys and accounts",
    main: "Main: everything",
    restricted: "Restricted: what is named",
    scopes: "Scopes, one a line",
    scopesHint: "Such as /twilio/trunking/trunks/read",
    key: "Key",
    created: "Created",
    actions: "Actions",
    remove: "Delete",
    question: (name: string) => `Delete the key ${name}?`,
    consequence: "Programs that use it are refused from now on. This cannot be undone.",
    secretTitle: "Keep the secret now: it is not shown again.",
    sid: "SID",
    secret: "Secret",
    empty: "There is no key yet.",
  },
  ja: {
    title: "API キー",
    lead: "プログラム用の認証情報です。キーの SID がユーザー名、シークレットがパスワードになります。他のキーに影響せずに個別に削除できます。",
    create: "キーを作成",
    name: "名前",
    kind: "種類",
    standard: "標準: キーとアカウント以外のすべて",
    main: "メイン: すべて",
    restricted: "制限付き: 指定したもののみ",
    scopes: "スコープ（1 行に 1 つ）",
    scopesHint: "例: /twilio/trunking/trunks/read",
    key: "キー",
    created: "作成日",
    actions: "操作",
    remove: "削除",
    question: (name: string) => `キー ${name} を削除しますか？`,
    consequence: "このキーを使うプログラムは、以後拒否されます。元に戻せません。",
    secretTitle: "シークレットを今保存してください。再表示はされません。",
    sid: "SID",
    secret: "シークレット",
    empty: "キーはまだありません。",
  },
});

const KINDS = ["standard", "main", "restricted"] as const;
type Kind = (typeof KINDS)[number];

/** Credentials of programs (ACC-2). */
export default function KeysPage() {
  const t = useTexts(texts);
  const formats = useFormats();
  const account = useAccount();
  const [made, setMade] = useState<ApiKey | null>(null);
  const list = useApiList("GET /v1/Keys", "keys", { query: { AccountSid: account, PageSize: 50 } });
  const remove = useChange("DELETE /v1/Keys/{sid}");
  return (
    <Page title={t.title} lead={t.lead}>
      {made?.secret && <Secret sid={made.sid} secret={made.secret} />}
      <CreateKey onMade={setMade} />
      <DataTable
        label={t.title}
        list={list}
        keyOf={(key) => key.sid}
        empty={t.empty}
        columns={[
          { label: t.name, cell: (key) => key.friendly_name || "—" },
          { label: t.key, cell: (key) => <CopyText value={key.sid} />, wideOnly: true },
          { label: t.created, cell: (key) => formats.date(key.date_created) },
          {
            label: t.actions,
            align: "right",
            cell: (key) => (
              <ConfirmButton
                size="compact-sm"
                label={t.remove}
                question={t.question(key.friendly_name || key.sid)}
                consequence={t.consequence}
                isPending={remove.isPending}
                error={remove.error}
                onConfirm={() => remove.mutateAsync({ path: { sid: key.sid } })}
              />
            ),
          },
        ]}
      />
    </Page>
  );
}

function Secret({ sid, secret }: { readonly sid: string; readonly secret: string }) {
  const t = useTexts(texts);
  return (
    <Alert color="yellow" role="status" title={t.secretTitle}>
      <Facts>
        <Fact name={t.sid}>
          <CopyText value={sid} />
        </Fact>
        <Fact name={t.secret}>
          <CopyText value={secret} />
        </Fact>
      </Facts>
    </Alert>
  );
}

function CreateKey({ onMade }: { readonly onMade: (key: ApiKey) => void }) {
  const t = useTexts(texts);
  const account = useAccount();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("standard");
  const [scopes, setScopes] = useState("");
  const create = useChange("POST /v1/Keys");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const allow = scopes.split(/\s+/).filter((scope) => scope !== "");
    const policy = kind === "restricted" ? { Policy: JSON.stringify({ allow }) } : {};
    const body = { AccountSid: account, FriendlyName: name, KeyType: kind, ...policy };
    const onSuccess = (key: ApiKey): void => {
      setName("");
      onMade(key);
    };
    create.mutate({ body }, { onSuccess });
  };
  return (
    <Section title={t.create}>
      <form onSubmit={submit}>
        <Stack>
          <Group align="end" gap="sm">
            <TextInput required label={t.name} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <Select
              w={340}
              maw="100%"
              label={t.kind}
              allowDeselect={false}
              value={kind}
              onChange={(value) => setKind(value as Kind)}
              data={KINDS.map((value) => ({ value, label: t[value] }))}
            />
            <Button type="submit" loading={create.isPending}>
              {t.create}
            </Button>
          </Group>
          {kind === "restricted" && (
            <Textarea
              required
              autosize
              minRows={3}
              label={t.scopes}
              description={t.scopesHint}
              value={scopes}
              onChange={(event) => setScopes(event.currentTarget.value)}
            />
          )}
          <Failure error={create.error} />
        </Stack>
      </form>
    </Section>
  );
}
