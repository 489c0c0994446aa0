import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { defineTexts, useTexts } from "../i18n/language.tsx";

const texts = defineTexts({
  en: { copy: (what: string) => `Copy ${what}`, copied: "Copied" },
  ja: { copy: (what: string) => `${what} をコピー`, copied: "コピーしました" },
});

/** A SID, address or other text to be used elsewhere, with a button that copies it. */
export function CopyText({ value, shown = value }: { readonly value: string; readonly shown?: string }) {
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex">
      <span className="mono">{shown}</span>
      <CopyButton value={value} />
    </Group>
  );
}

export function CopyButton({ value, name = value }: { readonly value: string; readonly name?: string }) {
  const t = useTexts(texts);
  const { copied, copy } = useClipboard();
  return (
    <Tooltip label={copied ? t.copied : t.copy(name)} openDelay={400}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t.copy(name)} onClick={() => copy(value)}>
        <svg
          width="14"
          height="14"
          viewBox="0 0 16 16"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
          aria-hidden="true"
        >
          {copied ? (
            <path d="M3 8.5 6.5 12 13 4.5" />
          ) : (
            <>
              <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
              <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
            </>
          )}
        </svg>
      </ActionIcon>
    </Tooltip>
  );
}
