import type { Area } from "../../app/area.ts";

export const trunks: Area = {
  label: { en: "Trunking", ja: "トランキング" },
  navigation: [],
  pages: [],
};
