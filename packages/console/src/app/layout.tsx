import { AppShell, Box, Burger, Group, NavLink, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { defineTexts, useLanguage, useTexts } from "../i18n/language.tsx";
import { Page } from "../ui/page.tsx";
import { plainLink } from "../ui/text-link.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { AREAS } from "./areas.ts";
import { useSession } from "./session.tsx";

const texts = defineTexts({
  en: {
    skip: "Skip to the content",
    menu: "Navigation",
    choose: "Choose an account",
    chooseHint: "These pages are about one account at a time: choose it at the top.",
  },
  ja: {
    skip: "本文へ移動",
    menu: "ナビゲーション",
    choose: "アカウントを選択してください",
    chooseHint: "これらのページは 1 つのアカウントについて表示します。上部で選択してください。",
  },
});

/** Frame of every page: header, navigation (a drawer at phone width), content. */
export function Layout() {
  const t = useTexts(texts);
  const [isOpen, { toggle, close }] = useDisclosure();
  const path = usePath();
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the drawer
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 232, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding={{ base: "md", sm: "xl" }}
    >
      <a className="skip-link" href="#content">
        {t.skip}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t.menu} />
            <img src="/console/icon.svg" alt="" width={26} height={26} />
            <Text fw={700}>Trunkline</Text>
          </Group>
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t.menu}>
        <ScrollArea>
          <Navigation path={path} />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content">
        <Box maw={1280}>
          <Suspense>
            <Content />
          </Suspense>
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}

/** The page; an operator who has not said for which account is asked that first. */
function Content() {
  const t = useTexts(texts);
  const { accountSid } = useSession();
  const path = usePath();
  // Of oneself, or of the whole installation.
  const isOwn = path === "/profile" || path.startsWith("/operator/");
  // Each account's pages are pages of their own: nothing that was typed for one is sent for another.
  if (accountSid !== "" || isOwn) return <Outlet key={accountSid} />;
  return <Page title={t.choose}>{t.chooseHint}</Page>;
}

function usePath(): string {
  return useRouterState({ select: (state) => state.location.pathname.replace(/^\/console/, "") });
}

function Navigation({ path }: { readonly path: string }) {
  const { language } = useLanguage();
  const { user } = useSession();
  const areas = AREAS.filter((area) => area.navigation.length > 0 && (!area.operatorOnly || user.role === "operator"));
  const entries = areas.flatMap((area) => area.navigation);
  const current = entries
    .filter((entry) => isWithin(path, entry.path))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
  return areas.map((area) => (
    <Box key={area.label.en} pt="md" pb={4}>
      <Text size="xs" fw={700} c="dimmed" px="md" pb={4}>
        {area.label[language]}
      </Text>
      {area.navigation.map((entry) => (
        <NavLink
          key={entry.path}
          {...plainLink(entry.path)}
          label={entry.label[language]}
          active={entry === current}
          aria-current={entry === current ? "page" : undefined}
          py={6}
          px="md"
        />
      ))}
    </Box>
  ));
}

function isWithin(path: string, place: string): boolean {
  return path === place || (place !== "/" && path.startsWith(`${place}/`));
}
