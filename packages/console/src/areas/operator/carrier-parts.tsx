import { Button, Group, NumberInput, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import { useApiList, useChange } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import { carrierTexts } from "./carrier-texts.ts";

type PartProps = { readonly carrierSid: string };

/** Where calls are sent. */
export function CarrierTargets({ carrierSid }: PartProps) {
  const t = useTexts(carrierTexts);
  const formats = useFormats();
  const [url, setUrl] = useState("");
  const [priority, setPriority] = useState<number | string>(10);
  const [weight, setWeight] = useState<number | string>(10);
  const list = useApiList("GET /trunkline/v1/Carriers/{carrierSid}/Targets", "targets", { path: { carrierSid } });
  const add = useChange("POST /trunkline/v1/Carriers/{carrierSid}/Targets");
  const remove = useChange("DELETE /trunkline/v1/Carriers/{carrierSid}/Targets/{sid}");
  const body = { SipUrl: url, Priority: Number(priority), Weight: Number(weight) };
  return (
    <Section title={t.targets} lead={t.targetsLead}>
      <AddForm
        isPending={add.isPending}
        error={add.error}
        onAdd={() => add.mutate({ path: { carrierSid }, body }, { onSuccess: () => setUrl("") })}
      >
        <TextInput required label={t.target} value={url} onChange={(event) => setUrl(event.currentTarget.value)} />
        <NumberInput required hideControls label={t.priority} w={100} value={priority} onChange={setPriority} />
        <NumberInput required hideControls label={t.weight} w={100} value={weight} onChange={setWeight} />
      </AddForm>
      <DataTable
        label={t.targets}
        list={list}
        keyOf={(target) => target.sid}
        empty={t.noTargets}
        columns={[
          { label: t.target, cell: ({ sip_url }) => <span className="mono">{sip_url}</span> },
          { label: t.priority, align: "right", cell: (target) => formats.number(target.priority) },
          { label: t.weight, align: "right", cell: (target) => formats.number(target.weight), wideOnly: true },
          {
            label: t.actions,
            align: "right",
            cell: ({ sid, sip_url }) => (
              <Remove
                what={sip_url}
                isPending={remove.isPending}
                error={remove.error}
                onConfirm={() => remove.mutateAsync({ path: { carrierSid, sid } })}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}

/** Which called numbers it takes. */
export function CarrierPrefixes({ carrierSid }: PartProps) {
  const t = useTexts(carrierTexts);
  const [prefix, setPrefix] = useState("");
  const [cost, setCost] = useState("");
  const list = useApiList("GET /trunkline/v1/Carriers/{carrierSid}/Prefixes", "prefixes", { path: { carrierSid } });
  const add = useChange("POST /trunkline/v1/Carriers/{carrierSid}/Prefixes");
  const remove = useChange("DELETE /trunkline/v1/Carriers/{carrierSid}/Prefixes/{sid}");
  const body = { Prefix: prefix, ...(cost === "" ? {} : { Cost: Number(cost) }) };
  return (
    <Section title={t.prefixes} lead={t.prefixesLead}>
      <AddForm
        isPending={add.isPending}
        error={add.error}
        onAdd={() => add.mutate({ path: { carrierSid }, body }, { onSuccess: () => setPrefix("") })}
      >
        <TextInput
          required
          label={t.prefix}
          placeholder="+1"
          value={prefix}
          onChange={(event) => setPrefix(event.currentTarget.value)}
        />
        <TextInput
          label={t.cost}
          inputMode="decimal"
          value={cost}
          onChange={(event) => setCost(event.currentTarget.value)}
        />
      </AddForm>
      <DataTable
        label={t.prefixes}
        list={list}
        keyOf={(one) => one.sid}
        empty={t.noPrefixes}
        columns={[
          { label: t.prefix, cell: (one) => <span className="mono">{one.prefix}</span> },
          { label: t.cost, align: "right", cell: (one) => one.cost },
          {
            label: t.actions,
            align: "right",
            cell: (one) => (
              <Remove
                what={one.prefix}
                isPending={remove.isPending}
                error={remove.error}
                onConfirm={() => remove.mutateAsync({ path: { carrierSid, sid: one.sid } })}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}

/** From where it may bring calls. */
export function CarrierSources({ carrierSid }: PartProps) {
  const t = useTexts(carrierTexts);
  const [cidr, setCidr] = useState("");
  const [port, setPort] = useState<number | string>("");
  const list = useApiList("GET /trunkline/v1/Carriers/{carrierSid}/Sources", "sources", { path: { carrierSid } });
  const add = useChange("POST /trunkline/v1/Carriers/{carrierSid}/Sources");
  const remove = useChange("DELETE /trunkline/v1/Carriers/{carrierSid}/Sources/{sid}");
  const body = { Cidr: cidr, ...(port === "" ? {} : { Port: Number(port) }) };
  return (
    <Section title={t.sources} lead={t.sourcesLead}>
      <AddForm
        isPending={add.isPending}
        error={add.error}
        onAdd={() => add.mutate({ path: { carrierSid }, body }, { onSuccess: () => setCidr("") })}
      >
        <TextInput
          required
          label={t.source}
          placeholder="192.0.2.0/28"
          value={cidr}
          onChange={(event) => setCidr(event.currentTarget.value)}
        />
        <NumberInput hideControls label={t.port} w={100} value={port} onChange={setPort} />
      </AddForm>
      <DataTable
        label={t.sources}
        list={list}
        keyOf={(source) => source.sid}
        empty={t.noSources}
        columns={[
          { label: t.source, cell: (source) => <span className="mono">{source.cidr}</span> },
          { label: t.port, align: "right", cell: (source) => source.port ?? t.anyPort },
          {
            label: t.actions,
            align: "right",
            cell: (source) => (
              <Remove
                what={source.cidr}
                isPending={remove.isPending}
                error={remove.error}
                onConfirm={() => remove.mutateAsync({ path: { carrierSid, sid: source.sid } })}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}

type AddFormProps = {
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly onAdd: () => void;
  readonly children: ReactNode;
};

function AddForm({ isPending, error, onAdd, children }: AddFormProps) {
  const t = useTexts(carrierTexts);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onAdd();
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="sm">
        {children}
        <Button type="submit" variant="default" loading={isPending}>
          {t.add}
        </Button>
      </Group>
      <Failure error={error} />
    </form>
  );
}

type RemoveProps = {
  readonly what: string;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => Promise<unknown>;
};

function Remove({ what, ...confirm }: RemoveProps) {
  const t = useTexts(carrierTexts);
  return (
    <ConfirmButton
      size="compact-sm"
      label={t.remove}
      question={t.question(what)}
      consequence={t.consequence}
      {...confirm}
    />
  );
}
