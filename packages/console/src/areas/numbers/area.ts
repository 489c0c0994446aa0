import type { Area } from "../../app/area.ts";

export const numbers: Area = {
  label: { en: "Numbers", ja: "番号" },
  navigation: [],
  pages: [],
};
