import type { Area } from "../../app/area.ts";

export const monitor: Area = {
  label: { en: "Monitor", ja: "監視" },
  navigation: [
    { path: "/debugger", label: { en: "Debugger", ja: "デバッガー" } },
    { path: "/usage", label: { en: "Usage", ja: "使用量" } },
    { path: "/recordings", label: { en: "Recordings", ja: "録音" } },
  ],
  pages: [
    { path: "/debugger", load: () => import("./debugger-page.tsx") },
    { path: "/debugger/$alertSid", load: () => import("./alert-page.tsx") },
    { path: "/usage", load: () => import("./usage-page.tsx") },
    { path: "/recordings", load: () => import("./recordings-page.tsx") },
    { path: "/recordings/$recordingSid", load: () => import("./recording-page.tsx") },
  ],
};
