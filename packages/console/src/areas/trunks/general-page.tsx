import { Alert, Anchor, Button, Group, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useApi, useChange } from "../../api/hooks.ts";
import type { RecordingMode, Trunk } from "../../api/twilio/trunking.ts";
import { useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import { useGo } from "../../ui/text-link.tsx";
import { generalTexts } from "./general-texts.ts";
import { SymmetricRtp } from "./symmetric-rtp.tsx";
import { TrunkFrame } from "./trunk-frame.tsx";

export default function GeneralPage() {
  return (
    <TrunkFrame tab="general">
      {(trunk) => (
        <Stack gap="lg">
          <GeneralForm key={savedFields(trunk)} trunk={trunk} />
          <Recording key={JSON.stringify(trunk.recording)} trunk={trunk} />
          <SymmetricRtp trunkSid={trunk.sid} />
          <DeleteTrunk trunk={trunk} />
        </Stack>
      )}
    </TrunkFrame>
  );
}

/** What the form was filled from: it is filled anew when that changes, and keeps what was typed when something else does. */
function savedFields({ friendly_name, secure, transfer_mode, transfer_caller_id }: Trunk): string {
  return JSON.stringify([friendly_name, secure, transfer_mode, transfer_caller_id]);
}

const TRANSFER_MODES = ["disable-all", "enable-all", "sip-only"] as const;
const TRANSFER_CALLER_IDS = ["from-transferee", "from-transferor"] as const;
type TransferChoice = (typeof TRANSFER_MODES)[number] | (typeof TRANSFER_CALLER_IDS)[number];

function GeneralForm({ trunk }: { readonly trunk: Trunk }) {
  const t = useTexts(generalTexts);
  const [fields, setFields] = useState({
    FriendlyName: trunk.friendly_name ?? "",
    Secure: trunk.secure,
    TransferMode: trunk.transfer_mode as string,
    TransferCallerId: trunk.transfer_caller_id as string,
  });
  const save = useChange("POST /v1/Trunks/{sid}");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({ path: { sid: trunk.sid }, body: fields });
  };
  const choice = (name: "TransferMode" | "TransferCallerId", label: string, values: readonly TransferChoice[]) => (
    <Select
      label={label}
      allowDeselect={false}
      value={fields[name]}
      data={values.map((value) => ({ value, label: t[value] }))}
      onChange={(value) => value !== null && setFields({ ...fields, [name]: value })}
    />
  );
  return (
    <Section title={t.settings}>
      <form onSubmit={submit}>
        <Stack maw={560}>
          <TextInput
            label={t.name}
            value={fields.FriendlyName}
            onChange={(event) => setFields({ ...fields, FriendlyName: event.currentTarget.value })}
          />
          <Switch
            label={t.secure}
            description={t.secureHint}
            checked={fields.Secure}
            onChange={(event) => setFields({ ...fields, Secure: event.currentTarget.checked })}
          />
          {fields.Secure && (
            <Text size="sm">
              <Anchor href="/ca.pem" download="trunkline-ca.pem">
                {t.authority}
              </Anchor>
            </Text>
          )}
          {fields.Secure !== trunk.secure && (
            <Alert color="yellow">{fields.Secure ? t.secureWarning : t.plainWarning}</Alert>
          )}
          {choice("TransferMode", t.transfer, TRANSFER_MODES)}
          {choice("TransferCallerId", t.transferCallerId, TRANSFER_CALLER_IDS)}
          <Failure error={save.error} />
          <Button type="submit" loading={save.isPending} w="fit-content">
            {t.save}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

const RECORDING_MODES: readonly RecordingMode[] = [
  "do-not-record",
  "record-from-ringing",
  "record-from-answer",
  "record-from-ringing-dual",
  "record-from-answer-dual",
];

function Recording({ trunk }: { readonly trunk: Trunk }) {
  const t = useTexts(generalTexts);
  const [mode, setMode] = useState<string>(trunk.recording.mode);
  const [trims, setTrims] = useState(trunk.recording.trim === "trim-silence");
  const save = useChange("POST /v1/Trunks/{trunk}/Recording");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({ path: { trunk: trunk.sid }, body: { Mode: mode, Trim: trims ? "trim-silence" : "do-not-trim" } });
  };
  return (
    <Section title={t.recording} lead={t.recordingHint}>
      <form onSubmit={submit}>
        <Stack maw={560}>
          <Select
            label={t.recordingMode}
            allowDeselect={false}
            value={mode}
            data={RECORDING_MODES.map((value) => ({ value, label: t[value] }))}
            onChange={(value) => value !== null && setMode(value)}
          />
          <Switch
            label={t.trim}
            description={t.trimHint}
            checked={trims}
            disabled={mode === "do-not-record"}
            onChange={(event) => setTrims(event.currentTarget.checked)}
          />
          <Failure error={save.error} />
          <Button type="submit" loading={save.isPending} w="fit-content">
            {t.save}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

function DeleteTrunk({ trunk }: { readonly trunk: Trunk }) {
  const t = useTexts(generalTexts);
  const go = useGo();
  const remove = useChange("DELETE /v1/Trunks/{sid}");
  const numbers = useApi("GET /v1/Trunks/{trunk}/PhoneNumbers", { path: { trunk: trunk.sid } });
  return (
    <Group>
      <ConfirmButton
        label={t.delete}
        question={t.deleteQuestion}
        consequence={t.deleteConsequence(numbers.data?.phone_numbers.length === 0)}
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutateAsync({ path: { sid: trunk.sid } }).then(() => go("/trunks"))}
      />
    </Group>
  );
}
