import type { Area } from "../../app/area.ts";

export const numbers: Area = {
  label: { en: "Numbers", ja: "番号" },
  navigation: [
    { path: "/numbers", label: { en: "Active numbers", ja: "所有している番号" } },
    { path: "/numbers/buy", label: { en: "Buy a number", ja: "番号を購入" } },
    { path: "/caller-ids", label: { en: "Verified caller IDs", ja: "検証済み発信者番号" } },
  ],
  pages: [
    { path: "/numbers", load: () => import("./numbers-page.tsx") },
    { path: "/numbers/buy", load: () => import("./buy-page.tsx") },
    { path: "/caller-ids", load: () => import("./caller-ids-page.tsx") },
  ],
};
