import { Badge } from "@mantine/core";
import { useTexts } from "../../i18n/language.tsx";
import { callWords, statusColour, wordFor } from "./call-words.ts";

export function CallStatus({ status }: { readonly status: string }) {
  const words = useTexts(callWords);
  return (
    <Badge variant="default" radius="sm" tt="none" leftSection={<Dot colour={statusColour(status)} />}>
      {wordFor(words, status)}
    </Badge>
  );
}

function Dot({ colour }: { readonly colour: string }) {
  return (
    <svg width="8" height="8" aria-hidden="true">
      <circle cx="4" cy="4" r="4" fill={`var(--mantine-color-${colour}-6)`} />
    </svg>
  );
}
