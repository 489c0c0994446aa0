import { Alert, Stack, Text } from "@mantine/core";
import type { Api } from "../../api/client.ts";
import { useApi } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useLanguage, useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";

const texts = defineTexts({
  en: {
    title: "Live check",
    lead: "Shows the last OPTIONS and INVITE of your PBX as they arrive, and what to change where something is wrong. What is sent to another domain is not seen here: look at DNS, the firewall and the domain then.",
    options: "OPTIONS",
    invite: "INVITE",
    waiting: (method: string) => `Waiting for the first ${method} …`,
    arrived: (method: string, source: string, when: string) => `${method} from ${source}, ${when}`,
    fine: "Everything is as it should be.",
    call: "See the call",
  },
  ja: {
    title: "接続の確認",
    lead: "PBX からの最後の OPTIONS と INVITE を表示し、問題があれば対処方法を示します。別のドメイン宛に送られたものは表示されません。その場合は DNS、ファイアウォール、ドメインを確認してください。",
    options: "OPTIONS",
    invite: "INVITE",
    waiting: (method: string) => `最初の ${method} を待っています…`,
    arrived: (method: string, source: string, when: string) => `${method}（${source}、${when}）`,
    fine: "問題ありません。",
    call: "通話を見る",
  },
});

const REFRESH_MS = 2_000;

/** Waits for the first requests of the trunk's PBX, and says what is wrong with them (CON-3). */
export function LiveCheck({ trunkSid }: { readonly trunkSid: string }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const contact = useApi(
    "GET /trunkline/v1/Trunks/{trunkSid}/Contact",
    { path: { trunkSid }, query: { Language: language } },
    { refetchInterval: REFRESH_MS },
  );
  return (
    <Section title={t.title} lead={t.lead}>
      <Failure error={contact.error} />
      {contact.data && (
        <Stack gap="sm" aria-live="polite">
          <Arrival method={t.options} seen={contact.data.last_options} />
          <Arrival
            method={t.invite}
            seen={contact.data.last_invite}
            callSid={contact.data.last_invite?.call_sid ?? null}
          />
        </Stack>
      )}
    </Section>
  );
}

type Contact = Api["GET /trunkline/v1/Trunks/{trunkSid}/Contact"]["answer"];
type Seen = Pick<NonNullable<Contact["last_options"]>, "date" | "source" | "problem">;
type ArrivalProps = { readonly method: string; readonly seen: Seen | null; readonly callSid?: string | null };

function Arrival({ method, seen, callSid = null }: ArrivalProps) {
  const t = useTexts(texts);
  const formats = useFormats();
  if (seen === null) return <Alert color="gray">{t.waiting(method)}</Alert>;
  return (
    <Alert
      color={seen.problem === null ? "green" : "red"}
      title={t.arrived(method, seen.source, formats.dateTime(seen.date))}
    >
      {seen.problem === null ? (
        <Text size="sm">{t.fine}</Text>
      ) : (
        <>
          <Text size="sm">{seen.problem.what}</Text>
          <Text size="sm" mt={4}>
            {seen.problem.remedy}
          </Text>
        </>
      )}
      {callSid !== null && <TextLink to={`/calls/${callSid}`}>{t.call}</TextLink>}
    </Alert>
  );
}
