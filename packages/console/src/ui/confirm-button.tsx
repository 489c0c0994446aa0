import { Button, type ButtonProps, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { defineTexts, useTexts } from "../i18n/language.tsx";
import { Dialog } from "./dialog.tsx";
import { Failure } from "./failure.tsx";

const texts = defineTexts({ en: { cancel: "Cancel" }, ja: { cancel: "キャンセル" } });

type ConfirmButtonProps = ButtonProps & {
  /** On the button, and on the one that confirms. */
  readonly label: string;
  readonly question: string;
  /** What it does and whether it can be undone. */
  readonly consequence: ReactNode;
  /** The dialog stays open with the error when it rejects. */
  readonly onConfirm: () => Promise<unknown>;
  readonly isPending: boolean;
  readonly error: Error | null;
};

/** A button for what cannot be undone or costs money: asks first. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, question, consequence, onConfirm, isPending, error, color = "red", ...looks } = props;
  const t = useTexts(texts);
  const [isOpen, { open, close }] = useDisclosure();
  const confirm = (): void => void onConfirm().then(close, () => {});
  return (
    <>
      <Button variant="light" color={color} size="sm" {...looks} onClick={open}>
        {label}
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={question}>
        <Stack>
          <Text size="sm">{consequence}</Text>
          <Failure error={error} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t.cancel}
            </Button>
            <Button color={color} loading={isPending} onClick={confirm}>
              {label}
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </>
  );
}
