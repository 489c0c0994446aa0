import { Alert, Stack, Switch } from "@mantine/core";
import { useApi, useChange } from "../../api/hooks.ts";
import { useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import { generalTexts } from "./general-texts.ts";

/** The switch of symmetric RTP (TRK-6), which Twilio's API lacks and ours has. */
export function SymmetricRtp({ trunkSid }: { readonly trunkSid: string }) {
  const t = useTexts(generalTexts);
  const path = { sid: trunkSid };
  const trunk = useApi("GET /trunkline/v1/Trunks/{sid}", { path });
  const save = useChange("POST /trunkline/v1/Trunks/{sid}");
  const isOn = trunk.data?.symmetric_rtp_enabled ?? false;
  return (
    <Section title={t.symmetric}>
      <Stack maw={560}>
        <Switch
          label={t.symmetric}
          description={t.symmetricHint}
          checked={isOn}
          disabled={!trunk.data || save.isPending}
          onChange={(event) => save.mutate({ path, body: { SymmetricRtpEnabled: event.currentTarget.checked } })}
        />
        {isOn && <Alert color="yellow">{t.symmetricWarning}</Alert>}
        <Failure error={trunk.error ?? save.error} />
      </Stack>
    </Section>
  );
}
