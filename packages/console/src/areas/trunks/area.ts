import type { Area } from "../../app/area.ts";

export const trunks: Area = {
  label: { en: "Manage", ja: "管理" },
  navigation: [{ path: "/trunks", label: { en: "Trunks", ja: "トランク" } }],
  pages: [
    { path: "/trunks", load: () => import("./trunks-page.tsx") },
    { path: "/trunks/$trunkSid/general", load: () => import("./general-page.tsx") },
    { path: "/trunks/$trunkSid/termination", load: () => import("./termination-page.tsx") },
    { path: "/trunks/$trunkSid/origination", load: () => import("./origination-page.tsx") },
    { path: "/trunks/$trunkSid/numbers", load: () => import("./numbers-page.tsx") },
  ],
};
