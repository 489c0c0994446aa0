import { Button, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useApi } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/language.tsx";
import { CopyButton } from "../../ui/copy-text.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { DownloadButton } from "../../ui/download-button.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import type { Ladder, LadderMessage } from "./ladder.types.ts";
import { LadderDrawing } from "./ladder-drawing.tsx";
import { labelOf, secondsOf } from "./ladder-layout.ts";
import { ladderTexts } from "./ladder-texts.ts";

const REFRESH_MS = 1_500;

/** The SIP messages of a call (EVD-2): as a picture or a table, one of them in full, and all for Wireshark. */
export function SipLadder({ callSid }: { readonly callSid: string }) {
  const t = useTexts(ladderTexts);
  const formats = useFormats();
  const [isTable, setTable] = useState(false);
  const [selected, setSelected] = useState<number | null>(null);
  const [isLive, setLive] = useState(true);
  const path = { sid: callSid };
  const ladder = useApi("GET /trunkline/v1/Calls/{sid}/Ladder", { path }, { refetchInterval: isLive && REFRESH_MS });
  const { state = "live", dropped = 0, messages = [] } = ladder.data ?? {};
  if (isLive !== (state === "live")) setLive(state === "live");
  const chosen = messages.find(({ index }) => index === selected);
  return (
    <Section
      title={t.title}
      lead={t.lead}
      actions={
        messages.length > 0 && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => setTable(!isTable)}>
              {isTable ? t.asPicture : t.asTable}
            </Button>
            <DownloadButton path={`/trunkline/v1/Calls/${callSid}/Pcap`} name={`${callSid}.pcap`} label={t.pcap} />
          </Group>
        )
      }
    >
      <Failure error={ladder.error} />
      {state === "none" && <Text size="sm">{t.none}</Text>}
      {dropped > 0 && <Text size="sm">{t.dropped(formats.number(dropped))}</Text>}
      {ladder.data && messages.length > 0 && !isTable && (
        <LadderDrawing ladder={ladder.data} selected={selected} onSelect={setSelected} />
      )}
      {isTable && <LadderTable messages={messages} onSelect={setSelected} />}
      {chosen && <MessageText message={chosen} />}
    </Section>
  );
}

type TableProps = { readonly messages: Ladder["messages"]; readonly onSelect: (index: number) => void };

function LadderTable({ messages, onSelect }: TableProps) {
  const t = useTexts(ladderTexts);
  const ends = ({ direction, local, remote }: LadderMessage): readonly [from: string, to: string] =>
    direction === "sent" ? [local, remote] : [remote, local];
  return (
    <DataTable
      label={t.title}
      list={{ items: messages }}
      keyOf={(message) => String(message.index)}
      empty={t.none}
      columns={[
        { label: t.time, align: "right", cell: secondsOf },
        { label: t.side, cell: ({ leg }) => t[leg] },
        { label: t.message, cell: (one) => `${labelOf(one)}${one.retransmission ? ` (${t.again})` : ""}` },
        { label: t.from, cell: (one) => ends(one)[0], wideOnly: true },
        { label: t.to, cell: (one) => ends(one)[1], wideOnly: true },
        {
          label: t.show,
          cell: (one) => (
            <Button size="compact-xs" variant="default" onClick={() => onSelect(one.index)}>
              {t.show}
            </Button>
          ),
        },
      ]}
    />
  );
}

function MessageText({ message }: { readonly message: LadderMessage }) {
  const t = useTexts(ladderTexts);
  const { text, direction, remote, local, transport } = message;
  return (
    <Stack gap={4} aria-live="polite">
      <Group gap="xs">
        <Text size="sm">
          {t[direction]} {remote} ({transport.toUpperCase()}, {local})
        </Text>
        <CopyButton value={text} name={t.theText} />
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <section className="ladder-message mono" tabIndex={0} aria-label={t.chosen}>
        {text}
      </section>
    </Stack>
  );
}
