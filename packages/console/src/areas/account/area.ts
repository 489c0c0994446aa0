import type { Area } from "../../app/area.ts";

export const account: Area = {
  label: { en: "Account", ja: "アカウント" },
  navigation: [{ path: "/profile", label: { en: "Your profile", ja: "プロフィール" } }],
  pages: [{ path: "/profile", load: () => import("./profile-page.tsx") }],
};
