import { Button, Group, NumberInput, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Api } from "../../api/client.ts";
import { useApi, useChange } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { CopyText } from "../../ui/copy-text.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Saved } from "../../ui/saved.tsx";
import { Section } from "../../ui/section.tsx";
import { useGo } from "../../ui/text-link.tsx";
import { CarrierPrefixes, CarrierSources, CarrierTargets } from "./carrier-parts.tsx";
import { carrierTexts } from "./carrier-texts.ts";

type Carrier = Api["GET /trunkline/v1/Carriers/{sid}"]["answer"];

const STATUS_MS = 5_000;

export default function CarrierPage() {
  const t = useTexts(carrierTexts);
  const go = useGo();
  const { carrierSid: sid = "" } = useParams({ strict: false }) as { carrierSid?: string };
  const carrier = useApi("GET /trunkline/v1/Carriers/{sid}", { path: { sid } });
  const remove = useChange("DELETE /trunkline/v1/Carriers/{sid}");
  if (!carrier.data) return <Failure error={carrier.error} onRetry={() => void carrier.refetch()} />;
  const { friendly_name: name } = carrier.data;
  return (
    <Page
      title={name}
      above={[{ to: "/operator/carriers", label: t.carriers }]}
      actions={
        <ConfirmButton
          label={t.removeCarrier}
          question={t.question(name)}
          consequence={t.consequence}
          isPending={remove.isPending}
          error={remove.error}
          onConfirm={() => remove.mutateAsync({ path: { sid } }).then(() => go("/operator/carriers"))}
        />
      }
    >
      <CopyText value={sid} />
      <Status carrierSid={sid} />
      <General key={sid} carrier={carrier.data} />
      <CarrierTargets carrierSid={sid} />
      <CarrierPrefixes carrierSid={sid} />
      <CarrierSources carrierSid={sid} />
    </Page>
  );
}

function Status({ carrierSid }: { readonly carrierSid: string }) {
  const t = useTexts(carrierTexts);
  const formats = useFormats();
  const status = useApi(
    "GET /trunkline/v1/Carriers/{carrierSid}/Status",
    { path: { carrierSid } },
    { refetchInterval: STATUS_MS },
  );
  const { live_calls: live = 0, registration = null, targets = [] } = status.data ?? {};
  return (
    <Section title={t.status}>
      <Failure error={status.error} />
      <Text size="sm">{t.live(formats.number(live))}</Text>
      {registration && (
        <Text size="sm">
          {t.registration}: {registration.registrar}, {registration.state}{" "}
          {[registration.last_status, registration.last_reason].filter(Boolean).join(" ")}
        </Text>
      )}
      <DataTable
        label={t.status}
        list={{ items: targets }}
        keyOf={(target) => target.sid}
        empty={t.noTargets}
        columns={[
          { label: t.target, cell: ({ sip_url }) => <span className="mono">{sip_url}</span> },
          { label: t.state, cell: ({ health }) => t[health] },
          { label: t.failures, align: "right", cell: ({ failures }) => formats.number(failures) },
        ]}
      />
    </Section>
  );
}

/** A number, or nothing for no limit, as a form has it. */
const limitOf = (value: number | string): number | null => (value === "" ? null : Number(value));

function General({ carrier }: { readonly carrier: Carrier }) {
  const t = useTexts(carrierTexts);
  const [fields, setFields] = useState({
    FriendlyName: carrier.friendly_name,
    Priority: carrier.priority as number | string,
    MaxCps: (carrier.max_cps ?? "") as number | string,
    MaxChannels: (carrier.max_channels ?? "") as number | string,
    ProbeInterval: (carrier.probe_interval ?? "") as number | string,
    Enabled: carrier.enabled,
    OwnNumbersOnly: carrier.own_numbers_only,
    Srtp: carrier.srtp,
  });
  const save = useChange("POST /trunkline/v1/Carriers/{sid}");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const { MaxCps, MaxChannels, ProbeInterval, Priority } = fields;
    const numbers = {
      Priority: Number(Priority),
      MaxCps: limitOf(MaxCps),
      MaxChannels: limitOf(MaxChannels),
      ProbeInterval: limitOf(ProbeInterval),
    };
    save.mutate({ path: { sid: carrier.sid }, body: { ...fields, ...numbers } });
  };
  const number = (name: "Priority" | "MaxCps" | "MaxChannels" | "ProbeInterval") => ({
    hideControls: true,
    value: fields[name],
    onChange: (value: number | string) => setFields({ ...fields, [name]: value }),
  });
  const flag = (name: "Enabled" | "OwnNumbersOnly" | "Srtp") => ({
    checked: fields[name],
    onChange: (event: { readonly currentTarget: { readonly checked: boolean } }) =>
      setFields({ ...fields, [name]: event.currentTarget.checked }),
  });
  return (
    <Section title={t.general}>
      <form onSubmit={submit}>
        <Stack maw={520}>
          <TextInput
            required
            label={t.name}
            value={fields.FriendlyName}
            onChange={(event) => setFields({ ...fields, FriendlyName: event.currentTarget.value })}
          />
          <Switch label={t.enabled} {...flag("Enabled")} />
          <NumberInput required label={t.priority} description={t.priorityHint} {...number("Priority")} />
          <Group grow align="start">
            <NumberInput label={t.cps} description={t.unlimited} {...number("MaxCps")} />
            <NumberInput label={t.channels} description={t.unlimited} {...number("MaxChannels")} />
          </Group>
          <NumberInput label={t.probe} description={t.probeHint} {...number("ProbeInterval")} />
          <Switch label={t.ownOnly} {...flag("OwnNumbersOnly")} />
          <Switch label={t.srtp} {...flag("Srtp")} />
          <Saved error={save.error} isSuccess={save.isSuccess} />
          <Button type="submit" loading={save.isPending} w="fit-content">
            {t.save}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
