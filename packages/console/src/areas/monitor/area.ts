import type { Area } from "../../app/area.ts";

export const monitor: Area = {
  label: { en: "Monitor", ja: "監視" },
  navigation: [],
  pages: [],
};
