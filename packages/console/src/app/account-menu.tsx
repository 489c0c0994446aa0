import { Button, Group, Menu, SegmentedControl, Select, Text, useMantineColorScheme } from "@mantine/core";
import { useApiList, useChange } from "../api/hooks.ts";
import { defineTexts, type Language, useLanguage, useTexts } from "../i18n/language.tsx";
import { plainLink } from "../ui/text-link.tsx";
import { useSession } from "./session.tsx";

const texts = defineTexts({
  en: {
    account: "Account",
    choose: "Choose an account",
    profile: "Your profile",
    signOut: "Sign out",
    language: "Language",
    colours: "Colours",
    auto: "System",
    light: "Light",
    dark: "Dark",
  },
  ja: {
    account: "アカウント",
    choose: "アカウントを選択",
    profile: "プロフィール",
    signOut: "サインアウト",
    language: "言語",
    colours: "配色",
    auto: "システム",
    light: "ライト",
    dark: "ダーク",
  },
});

/** Who is signed in, for which account, and how they like the console. */
export function AccountMenu() {
  const t = useTexts(texts);
  const { user, signOut } = useSession();
  const { language, setLanguage } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const save = useChange("POST /trunkline/v1/Users/me");
  const chooseLanguage = (chosen: Language): void => {
    setLanguage(chosen);
    save.mutate({ body: { Language: chosen } });
  };
  return (
    <Group gap="sm" wrap="nowrap">
      <AccountChoice />
      <Menu position="bottom-end" width={260} shadow="md">
        <Menu.Target>
          <Button variant="subtle" color="gray" px="xs" maw={180}>
            <Text size="sm" truncate>
              {user.friendly_name || user.email}
            </Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{user.email}</Menu.Label>
          <Menu.Item {...plainLink("/profile")}>{t.profile}</Menu.Item>
          <Menu.Label>{t.language}</Menu.Label>
          <SegmentedControl
            fullWidth
            mx="xs"
            aria-label={t.language}
            value={language}
            onChange={(value) => chooseLanguage(value as Language)}
            data={[
              { value: "en", label: "English" },
              { value: "ja", label: "日本語" },
            ]}
          />
          <Menu.Label>{t.colours}</Menu.Label>
          <SegmentedControl
            fullWidth
            mx="xs"
            mb="xs"
            size="xs"
            aria-label={t.colours}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as "auto" | "light" | "dark")}
            data={(["auto", "light", "dark"] as const).map((value) => ({ value, label: t[value] }))}
          />
          <Menu.Divider />
          <Menu.Item onClick={() => void signOut()}>{t.signOut}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

/** For operators, and for who has subaccounts: whose trunks and calls the pages show. */
function AccountChoice() {
  const t = useTexts(texts);
  const { user, accountSid, actFor } = useSession();
  const { items } = useApiList("GET /2010-04-01/Accounts.json", "accounts", { query: { PageSize: 200 } });
  if (user.account_sid !== null && items.length < 2) return null;
  return (
    <Select
      aria-label={t.account}
      placeholder={t.choose}
      size="xs"
      w={{ base: 130, sm: 220 }}
      searchable
      allowDeselect={false}
      value={accountSid === "" ? null : accountSid}
      onChange={(value) => value !== null && actFor(value)}
      data={items.map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name }))}
    />
  );
}
