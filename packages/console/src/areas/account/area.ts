import type { Area } from "../../app/area.ts";

export const account: Area = {
  label: { en: "Account", ja: "アカウント" },
  navigation: [
    { path: "/account", label: { en: "Account settings", ja: "アカウント設定" } },
    { path: "/users", label: { en: "Users and roles", ja: "ユーザーとロール" } },
    { path: "/keys", label: { en: "API keys", ja: "API キー" } },
    { path: "/audit", label: { en: "Audit log", ja: "監査ログ" } },
    { path: "/profile", label: { en: "Your profile", ja: "プロフィール" } },
  ],
  pages: [
    { path: "/account", load: () => import("./account-page.tsx") },
    { path: "/users", load: () => import("./users-page.tsx") },
    { path: "/keys", load: () => import("./keys-page.tsx") },
    { path: "/audit", load: () => import("./audit-page.tsx") },
    { path: "/profile", load: () => import("./profile-page.tsx") },
  ],
};
