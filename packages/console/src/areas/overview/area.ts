import type { Area } from "../../app/area.ts";

export const overview: Area = {
  label: { en: "Overview", ja: "概要" },
  navigation: [{ path: "/", label: { en: "Overview", ja: "概要" } }],
  pages: [{ path: "/", load: () => import("./overview-page.tsx") }],
};
