import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { defineTexts, useTexts } from "../i18n/language.tsx";

const texts = defineTexts({ en: { close: "Close" }, ja: { close: "閉じる" } });

type DialogProps = {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** A dialog over the page, whose close button has a name. */
export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  const t = useTexts(texts);
  return (
    <Modal opened={isOpen} onClose={onClose} title={title} centered closeButtonProps={{ "aria-label": t.close }}>
      {children}
    </Modal>
  );
}
