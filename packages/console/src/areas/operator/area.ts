import type { Area } from "../../app/area.ts";

export const operator: Area = {
  label: { en: "Operator", ja: "オペレーター" },
  operatorOnly: true,
  navigation: [],
  pages: [],
};
