import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useApi, useChange } from "../../api/hooks.ts";
import type { Trunk } from "../../api/twilio/trunking.ts";
import { useTexts } from "../../i18n/language.tsx";
import { CopyText } from "../../ui/copy-text.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import { terminationTexts } from "./termination-texts.ts";
import { TrunkFrame } from "./trunk-frame.tsx";
import { AccessLists, CredentialLists } from "./trunk-lists.tsx";

export default function TerminationPage() {
  const t = useTexts(terminationTexts);
  return (
    <TrunkFrame tab="termination">
      {(trunk) => (
        <Stack gap="lg">
          <DomainName key={trunk.domain_name} trunk={trunk} />
          <Section title={t.authentication} lead={t.authenticationHint}>
            <Judgement types={trunk.auth_type_set} />
            <AccessLists trunkSid={trunk.sid} />
            <CredentialLists trunkSid={trunk.sid} />
          </Section>
          <Section title={t.numbers}>
            <Text size="sm">{t.numbersHint}</Text>
            <Text size="sm">{t.callerIdHint}</Text>
          </Section>
        </Stack>
      )}
    </TrunkFrame>
  );
}

/** What the lists on the trunk come to. */
function Judgement({ types }: { readonly types: Trunk["auth_type_set"] }) {
  const t = useTexts(terminationTexts);
  if (types.length === 0) return <Alert color="red">{t.nothing}</Alert>;
  if (types.length === 2) return <Alert color="blue">{t.both}</Alert>;
  return types[0] === "IP_ACL" ? <Alert color="yellow">{t.addressOnly}</Alert> : null;
}

function DomainName({ trunk }: { readonly trunk: Trunk }) {
  const t = useTexts(terminationTexts);
  const installation = useApi("GET /trunkline/v1/Installation", {});
  const suffix = installation.data?.trunk_domain_suffix ?? "";
  const [name, setName] = useState(withoutSuffix(trunk.domain_name ?? "", suffix));
  const save = useChange("POST /v1/Trunks/{sid}");
  const given = name === "" ? "" : `${withoutSuffix(name, suffix)}${suffix}`;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({ path: { sid: trunk.sid }, body: { DomainName: given } });
  };
  return (
    <Section title={t.uri} lead={t.uriHint}>
      <form onSubmit={submit}>
        <Group align="end" gap="sm">
          <TextInput
            label={t.domain}
            value={withoutSuffix(name, suffix)}
            onChange={(event) => setName(event.currentTarget.value.trim())}
          />
          <Text className="mono" pb={8}>
            {suffix}
          </Text>
          <Button type="submit" loading={save.isPending}>
            {t.save}
          </Button>
        </Group>
      </form>
      <Failure error={save.error} />
      {trunk.domain_name !== null && (
        <Text size="sm">
          {t.example} <CopyText value={`sip:+15005552300@${trunk.domain_name}`} />
        </Text>
      )}
    </Section>
  );
}

function withoutSuffix(name: string, suffix: string): string {
  return suffix !== "" && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}
