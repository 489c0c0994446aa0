import type { Area } from "../../app/area.ts";

export const account: Area = {
  label: { en: "Account", ja: "アカウント" },
  navigation: [],
  pages: [],
};
