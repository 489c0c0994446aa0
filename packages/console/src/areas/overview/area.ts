import type { Area } from "../../app/area.ts";

export const overview: Area = {
  label: { en: "Overview", ja: "概要" },
  navigation: [
    { path: "/", label: { en: "Overview", ja: "概要" } },
    { path: "/dashboard", label: { en: "Dashboard", ja: "ダッシュボード" } },
    { path: "/network", label: { en: "Network information", ja: "ネットワーク情報" } },
  ],
  pages: [
    { path: "/", load: () => import("./overview-page.tsx") },
    { path: "/dashboard", load: () => import("./dashboard-page.tsx") },
    { path: "/network", load: () => import("./network-page.tsx") },
  ],
};
