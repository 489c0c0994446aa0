import { Tabs } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useApi } from "../../api/hooks.ts";
import type { Trunk } from "../../api/twilio/trunking.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { CopyText } from "../../ui/copy-text.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { useGo } from "../../ui/text-link.tsx";

const texts = defineTexts({
  en: {
    trunks: "Trunks",
    unnamed: "Trunk without a name",
    tabs: "Settings of the trunk",
    general: "General",
    termination: "Termination",
    origination: "Origination",
    numbers: "Numbers",
    "setup-guide": "Setup guide",
  },
  ja: {
    trunks: "トランク",
    unnamed: "名前のないトランク",
    tabs: "トランクの設定",
    general: "一般",
    termination: "ターミネーション",
    origination: "オリジネーション",
    numbers: "番号",
    "setup-guide": "設定ガイド",
  },
});

const TABS = ["general", "termination", "origination", "numbers", "setup-guide"] as const;
type TrunkTab = (typeof TABS)[number];

type TrunkFrameProps = {
  readonly tab: TrunkTab;
  /** Drawn when the trunk is there. */
  readonly children: (trunk: Trunk) => ReactNode;
};

/** What the pages of a trunk share: its name, its SID, and the way between them. */
export function TrunkFrame({ tab, children }: TrunkFrameProps) {
  const t = useTexts(texts);
  const go = useGo();
  const { trunkSid = "" } = useParams({ strict: false }) as { trunkSid?: string };
  const trunk = useApi("GET /v1/Trunks/{sid}", { path: { sid: trunkSid } });
  if (trunk.error && !trunk.data) return <Failure error={trunk.error} onRetry={() => void trunk.refetch()} />;
  if (!trunk.data) return null;
  return (
    <Page
      title={trunk.data.friendly_name || t.unnamed}
      lead={<CopyText value={trunk.data.sid} />}
      above={[{ to: "/trunks", label: t.trunks }]}
    >
      <Tabs value={tab} onChange={(value) => value !== null && go(`/trunks/${trunkSid}/${value}`)} keepMounted={false}>
        <Tabs.List aria-label={t.tabs} mb="lg">
          {TABS.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((name) => (
          <Tabs.Panel key={name} value={name}>
            {name === tab && children(trunk.data)}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
