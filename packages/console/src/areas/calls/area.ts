import type { Area } from "../../app/area.ts";

export const calls: Area = {
  label: { en: "Calls", ja: "通話" },
  navigation: [],
  pages: [],
};
