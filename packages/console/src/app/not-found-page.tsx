import { defineTexts, useTexts } from "../i18n/language.tsx";
import { Page } from "../ui/page.tsx";
import { TextLink } from "../ui/text-link.tsx";

const texts = defineTexts({
  en: { title: "There is no such page", back: "To the overview" },
  ja: { title: "このページはありません", back: "概要へ" },
});

export function NotFoundPage() {
  const t = useTexts(texts);
  return (
    <Page title={t.title}>
      <TextLink to="/">{t.back}</TextLink>
    </Page>
  );
}
