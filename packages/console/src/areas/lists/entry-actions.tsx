import { useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { listTexts } from "./list-texts.ts";

type RemovalProps = {
  readonly onConfirm: () => Promise<unknown>;
  readonly isPending: boolean;
  readonly error: Error | null;
};

export function RemoveEntry(props: RemovalProps) {
  const t = useTexts(listTexts);
  return (
    <ConfirmButton
      size="compact-sm"
      label={t.remove}
      question={t.removeQuestion}
      consequence={t.removeConsequence}
      {...props}
    />
  );
}

export function DeleteList(props: RemovalProps) {
  const t = useTexts(listTexts);
  return <ConfirmButton label={t.delete} question={t.deleteQuestion} consequence={t.deleteConsequence} {...props} />;
}
