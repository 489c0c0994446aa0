import type { Area } from "../../app/area.ts";

export const operator: Area = {
  label: { en: "Operator", ja: "オペレーター" },
  operatorOnly: true,
  navigation: [
    { path: "/operator/carriers", label: { en: "Carriers", ja: "キャリア" } },
    { path: "/operator/inventory", label: { en: "Number inventory", ja: "番号在庫" } },
  ],
  pages: [
    { path: "/operator/carriers", load: () => import("./carriers-page.tsx") },
    { path: "/operator/carriers/$carrierSid", load: () => import("./carrier-page.tsx") },
    { path: "/operator/inventory", load: () => import("./inventory-page.tsx") },
  ],
};
