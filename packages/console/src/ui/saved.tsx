import { Alert } from "@mantine/core";
import { defineTexts, useTexts } from "../i18n/language.tsx";
import { Failure } from "./failure.tsx";

const texts = defineTexts({ en: { saved: "Saved." }, ja: { saved: "保存しました。" } });

type SavedProps = { readonly error: Error | null; readonly isSuccess: boolean };

/** What became of a form that was sent: the API's word against it, or that it is saved; nothing before. */
export function Saved({ error, isSuccess }: SavedProps) {
  const t = useTexts(texts);
  if (error) return <Failure error={error} />;
  return isSuccess ? (
    <Alert color="green" role="status">
      {t.saved}
    </Alert>
  ) : null;
}
