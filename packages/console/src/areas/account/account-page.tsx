import { Button, NumberInput, Stack, Switch, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Api } from "../../api/client.ts";
import { useApi, useChange } from "../../api/hooks.ts";
import { useAccount } from "../../app/session.tsx";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { CopyText } from "../../ui/copy-text.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Saved } from "../../ui/saved.tsx";
import { Fact, Facts, Section } from "../../ui/section.tsx";

const texts = defineTexts({
  en: {
    title: "Account settings",
    lead: "What holds for the whole account, and the credentials that programs use.",
    account: "Account",
    sid: "Account SID",
    token: "Auth token",
    tokenHidden: "Show the token",
    tokenNone: "not shown to your role",
    tokenNote: "Whoever has the token can do everything that this account may. Give programs API keys instead.",
    status: "Status",
    type: "Type",
    created: "Created",
    name: "Name of the account",
    save: "Save",
    calls: "Calls",
    home: "Home country",
    homeHint:
      "Two letters (ISO 3166). Its ordinary numbers may be called as long as no dialing permission says otherwise.",
    duration: "Longest call, in seconds",
    durationHint: "A call is ended when it has lasted this long.",
    security: "Security",
    secondFactor: "Everybody needs a second factor to sign in",
    secondFactorHint: "Who has none sets one up at the next sign-in.",
    media: "Recordings only with credentials",
    mediaHint: "Off: whoever knows a recording's address can listen to it.",
    tls: "Allow TLS 1.0 and 1.1",
    tlsHint: "For equipment that cannot do better. Both are broken; turn this off as soon as you can.",
  },
  ja: {
    title: "アカウント設定",
    lead: "アカウント全体の設定と、プログラムが使う認証情報です。",
    account: "アカウント",
    sid: "アカウント SID",
    token: "認証トークン",
    tokenHidden: "トークンを表示",
    tokenNone: "あなたのロールには表示されません",
    tokenNote: "トークンを持つ人は、このアカウントのすべての操作ができます。プログラムには API キーを使ってください。",
    status: "状態",
    type: "種類",
    created: "作成日",
    name: "アカウント名",
    save: "保存",
    calls: "通話",
    home: "ホーム国",
    homeHint: "2 文字の国コード (ISO 3166)。発信許可の設定がない場合、この国の通常の番号に発信できます。",
    duration: "最長通話時間（秒）",
    durationHint: "この時間に達した通話は終了します。",
    security: "セキュリティ",
    secondFactor: "サインインに二要素認証を必須にする",
    secondFactorHint: "未設定の人は、次のサインイン時に設定します。",
    media: "録音の再生に認証を必須にする",
    mediaHint: "オフの場合、録音のアドレスを知る人は誰でも再生できます。",
    tls: "TLS 1.0 と 1.1 を許可する",
    tlsHint: "他に方法のない機器のためのものです。どちらも安全ではないので、できるだけ早くオフにしてください。",
  },
});

type Settings = Api["GET /trunkline/v1/AccountSettings"]["answer"];

export default function AccountPage() {
  const t = useTexts(texts);
  const settings = useApi("GET /trunkline/v1/AccountSettings", {});
  return (
    <Page title={t.title} lead={t.lead}>
      <AccountSection />
      <Failure error={settings.error} />
      {settings.data && <Calls settings={settings.data} />}
      {settings.data && <Security settings={settings.data} />}
    </Page>
  );
}

function AccountSection() {
  const t = useTexts(texts);
  const formats = useFormats();
  const sid = useAccount();
  const account = useApi("GET /2010-04-01/Accounts/{sid}.json", { path: { sid } });
  if (!account.data) return <Failure error={account.error} />;
  const { auth_token, status, type, date_created, friendly_name } = account.data;
  return (
    <Section title={t.account}>
      <Facts>
        <Fact name={t.sid}>
          <CopyText value={sid} />
        </Fact>
        <Fact name={t.token}>{auth_token === null ? t.tokenNone : <Token value={auth_token} />}</Fact>
        <Fact name={t.status}>{status}</Fact>
        <Fact name={t.type}>{type}</Fact>
        <Fact name={t.created}>{formats.date(date_created)}</Fact>
      </Facts>
      <Rename sid={sid} name={friendly_name} />
    </Section>
  );
}

/** Shown when asked for, so that it is on no screenshot by accident. */
function Token({ value }: { readonly value: string }) {
  const t = useTexts(texts);
  const [isShown, setShown] = useState(false);
  if (!isShown) {
    return (
      <Button variant="default" size="compact-sm" onClick={() => setShown(true)}>
        {t.tokenHidden}
      </Button>
    );
  }
  return (
    <>
      <CopyText value={value} />
      <Text size="sm">{t.tokenNote}</Text>
    </>
  );
}

function Rename({ sid, name }: { readonly sid: string; readonly name: string }) {
  const t = useTexts(texts);
  const [value, setValue] = useState(name);
  const save = useChange("POST /2010-04-01/Accounts/{sid}.json");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({ path: { sid }, body: { FriendlyName: value } });
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={420}>
        <TextInput required label={t.name} value={value} onChange={(event) => setValue(event.currentTarget.value)} />
        <Saved error={save.error} isSuccess={save.isSuccess} />
        <Button type="submit" loading={save.isPending} w="fit-content">
          {t.save}
        </Button>
      </Stack>
    </form>
  );
}

function Calls({ settings }: { readonly settings: Settings }) {
  const t = useTexts(texts);
  const [home, setHome] = useState(settings.home_country);
  const [duration, setDuration] = useState<number | string>(settings.max_call_duration);
  const save = useChange("POST /trunkline/v1/AccountSettings");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({ body: { HomeCountry: home.toUpperCase(), MaxCallDuration: Number(duration) } });
  };
  return (
    <Section title={t.calls}>
      <form onSubmit={submit}>
        <Stack maw={420}>
          <TextInput
            required
            label={t.home}
            description={t.homeHint}
            maxLength={2}
            value={home}
            onChange={(event) => setHome(event.currentTarget.value)}
          />
          <NumberInput
            required
            label={t.duration}
            description={t.durationHint}
            hideControls
            value={duration}
            onChange={setDuration}
          />
          <Saved error={save.error} isSuccess={save.isSuccess} />
          <Button type="submit" loading={save.isPending} w="fit-content">
            {t.save}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

/** Each switch takes effect at once; it shows what the API has, not what was clicked. */
function Security({ settings }: { readonly settings: Settings }) {
  const t = useTexts(texts);
  const save = useChange("POST /trunkline/v1/AccountSettings");
  return (
    <Section title={t.security}>
      <Switch
        label={t.secondFactor}
        description={t.secondFactorHint}
        checked={settings.second_factor_required}
        onChange={(event) => save.mutate({ body: { SecondFactorRequired: event.currentTarget.checked } })}
      />
      <Switch
        label={t.media}
        description={t.mediaHint}
        checked={settings.media_auth_required}
        onChange={(event) => save.mutate({ body: { MediaAuthRequired: event.currentTarget.checked } })}
      />
      <Switch
        label={t.tls}
        description={t.tlsHint}
        checked={settings.deprecated_tls_allowed}
        onChange={(event) => save.mutate({ body: { DeprecatedTlsAllowed: event.currentTarget.checked } })}
      />
      <Failure error={save.error} />
    </Section>
  );
}
