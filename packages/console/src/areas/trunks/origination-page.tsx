import { Button, Group, NumberInput, Stack, Switch, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useApiList, useChange } from "../../api/hooks.ts";
import type { OriginationUrl, Trunk } from "../../api/twilio/trunking.ts";
import { useFormats } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import { originationTexts } from "./origination-texts.ts";
import { shareOf } from "./share-of.ts";
import { TrunkFrame } from "./trunk-frame.tsx";

export default function OriginationPage() {
  return (
    <TrunkFrame tab="origination">
      {(trunk) => (
        <Stack gap="lg">
          <OriginationUrls trunkSid={trunk.sid} />
          <Others key={`${trunk.disaster_recovery_url} ${trunk.cnam_lookup_enabled}`} trunk={trunk} />
        </Stack>
      )}
    </TrunkFrame>
  );
}

function OriginationUrls({ trunkSid }: { readonly trunkSid: string }) {
  const t = useTexts(originationTexts);
  const formats = useFormats();
  const list = useApiList("GET /v1/Trunks/{trunk}/OriginationUrls", "origination_urls", {
    path: { trunk: trunkSid },
    query: { PageSize: 50 },
  });
  const urls = list.items.toSorted((a, b) => a.priority - b.priority || b.weight - a.weight);
  return (
    <Section title={t.urls} lead={t.urlsHint} actions={<EditUrl trunkSid={trunkSid} />}>
      <DataTable
        label={t.urls}
        list={{ ...list, items: urls }}
        keyOf={(url) => url.sid}
        empty={t.none}
        columns={[
          { label: t.url, cell: (url) => <span className="mono">{url.sip_url}</span> },
          { label: t.priority, align: "right", cell: (url) => url.priority },
          { label: t.weight, align: "right", cell: (url) => url.weight, wideOnly: true },
          {
            label: t.share,
            align: "right",
            cell: (url) => (url.enabled ? formats.percent(shareOf(url, urls)) : t.disabled),
            wideOnly: true,
          },
          {
            label: t.actions,
            align: "right",
            cell: (url) => (
              <Group gap={4} justify="flex-end">
                <EditUrl trunkSid={trunkSid} url={url} />
                <RemoveUrl trunkSid={trunkSid} url={url} />
              </Group>
            ),
          },
        ]}
      />
    </Section>
  );
}

function RemoveUrl({ trunkSid, url }: { readonly trunkSid: string; readonly url: OriginationUrl }) {
  const t = useTexts(originationTexts);
  const remove = useChange("DELETE /v1/Trunks/{trunk}/OriginationUrls/{sid}");
  return (
    <ConfirmButton
      size="compact-sm"
      label={t.remove}
      question={t.removeQuestion}
      consequence={t.removeConsequence(url.sip_url)}
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutateAsync({ path: { trunk: trunkSid, sid: url.sid } })}
    />
  );
}

/** A button and its dialog: makes an origination URL, or changes the one that is given. */
function EditUrl({ trunkSid, url }: { readonly trunkSid: string; readonly url?: OriginationUrl }) {
  const t = useTexts(originationTexts);
  const [isOpen, { open, close }] = useDisclosure();
  const title = url ? t.change : t.add;
  return (
    <>
      <Button size={url ? "compact-sm" : "sm"} variant={url ? "light" : "filled"} onClick={open}>
        {title}
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={title}>
        <UrlForm trunkSid={trunkSid} onDone={close} {...(url && { url })} />
      </Dialog>
    </>
  );
}

type UrlFormProps = { readonly trunkSid: string; readonly url?: OriginationUrl; readonly onDone: () => void };

function UrlForm({ trunkSid, url, onDone }: UrlFormProps) {
  const t = useTexts(originationTexts);
  const [fields, setFields] = useState({
    FriendlyName: url?.friendly_name ?? "",
    SipUrl: url?.sip_url ?? "sip:",
    Priority: url?.priority ?? 10,
    Weight: url?.weight ?? 10,
    Enabled: url?.enabled ?? true,
  });
  const create = useChange("POST /v1/Trunks/{trunk}/OriginationUrls");
  const update = useChange("POST /v1/Trunks/{trunk}/OriginationUrls/{sid}");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // What Twilio's API asks for and its console does not.
    const body = { ...fields, FriendlyName: fields.FriendlyName || fields.SipUrl.slice(0, 64) };
    const path = { trunk: trunkSid };
    const done = { onSuccess: onDone };
    if (url) update.mutate({ path: { ...path, sid: url.sid }, body }, done);
    else create.mutate({ path, body }, done);
  };
  const number = (name: "Priority" | "Weight", label: string, hint: string, min: number) => (
    <NumberInput
      label={label}
      description={hint}
      min={min}
      max={65_535}
      value={fields[name]}
      onChange={(value) => setFields({ ...fields, [name]: Number(value) })}
    />
  );
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          required
          label={t.url}
          description={t.urlHint}
          value={fields.SipUrl}
          onChange={(event) => setFields({ ...fields, SipUrl: event.currentTarget.value })}
        />
        <TextInput
          label={t.name}
          value={fields.FriendlyName}
          onChange={(event) => setFields({ ...fields, FriendlyName: event.currentTarget.value })}
        />
        {number("Priority", t.priority, t.priorityHint, 0)}
        {number("Weight", t.weight, t.weightHint, 1)}
        <Switch
          label={t.enabled}
          checked={fields.Enabled}
          onChange={(event) => setFields({ ...fields, Enabled: event.currentTarget.checked })}
        />
        <Failure error={create.error ?? update.error} />
        <Button type="submit" loading={create.isPending || update.isPending}>
          {t.save}
        </Button>
      </Stack>
    </form>
  );
}

/** What happens when no URL takes a call, and what callers are called. */
function Others({ trunk }: { readonly trunk: Trunk }) {
  const t = useTexts(originationTexts);
  const [url, setUrl] = useState(trunk.disaster_recovery_url ?? "");
  const [looksUp, setLooksUp] = useState(trunk.cnam_lookup_enabled);
  const save = useChange("POST /v1/Trunks/{sid}");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({ path: { sid: trunk.sid }, body: { DisasterRecoveryUrl: url, CnamLookupEnabled: looksUp } });
  };
  return (
    <Section title={t.others}>
      <form onSubmit={submit}>
        <Stack maw={560}>
          <TextInput
            label={t.recovery}
            description={t.recoveryHint}
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <Switch
            label={t.cnam}
            description={t.cnamHint}
            checked={looksUp}
            onChange={(event) => setLooksUp(event.currentTarget.checked)}
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
