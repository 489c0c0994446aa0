import type { Area } from "../../app/area.ts";

export const calls: Area = {
  label: { en: "Calls", ja: "通話" },
  navigation: [
    { path: "/calls", label: { en: "Call log", ja: "通話ログ" } },
    { path: "/live-calls", label: { en: "Live calls", ja: "進行中の通話" } },
    { path: "/test-call", label: { en: "Test call", ja: "テスト通話" } },
    { path: "/dry-run", label: { en: "Dry run", ja: "ドライラン" } },
    { path: "/what-would-change", label: { en: "What would change", ja: "変更の影響" } },
  ],
  pages: [
    { path: "/calls", load: () => import("./calls-page.tsx") },
    { path: "/calls/$callSid", load: () => import("./call-page.tsx") },
    { path: "/live-calls", load: () => import("./live-calls-page.tsx") },
    { path: "/test-call", load: () => import("./test-call-page.tsx") },
    { path: "/dry-run", load: () => import("./dry-run-page.tsx") },
    { path: "/what-would-change", load: () => import("./replay-page.tsx") },
  ],
};
