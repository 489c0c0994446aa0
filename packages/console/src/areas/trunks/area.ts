import type { Area } from "../../app/area.ts";

export const trunks: Area = {
  label: { en: "Manage", ja: "管理" },
  navigation: [
    { path: "/trunks", label: { en: "Trunks", ja: "トランク" } },
    {
      path: "/ip-access-control-lists",
      label: { en: "IP access control lists", ja: "IP アクセスコントロールリスト" },
    },
    { path: "/credential-lists", label: { en: "Credential lists", ja: "クレデンシャルリスト" } },
  ],
  pages: [
    { path: "/trunks", load: () => import("./trunks-page.tsx") },
    { path: "/ip-access-control-lists", load: () => import("../lists/access-lists-page.tsx") },
    { path: "/ip-access-control-lists/$listSid", load: () => import("../lists/access-list-page.tsx") },
    { path: "/credential-lists", load: () => import("../lists/credential-lists-page.tsx") },
    { path: "/credential-lists/$listSid", load: () => import("../lists/credential-list-page.tsx") },
    { path: "/trunks/$trunkSid/general", load: () => import("./general-page.tsx") },
    { path: "/trunks/$trunkSid/termination", load: () => import("./termination-page.tsx") },
    { path: "/trunks/$trunkSid/origination", load: () => import("./origination-page.tsx") },
    { path: "/trunks/$trunkSid/numbers", load: () => import("./numbers-page.tsx") },
    { path: "/trunks/$trunkSid/setup-guide", load: () => import("./setup-guide-page.tsx") },
  ],
};
