import { createTheme } from "@mantine/core";

/** The console's looks: system fonts (also for Japanese, so that nothing is downloaded), one blue, calm corners. */
export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: { light: 8, dark: 7 },
  defaultRadius: "sm",
  fontFamily: 'system-ui, "Segoe UI", "Hiragino Sans", "Noto Sans CJK JP", "Yu Gothic UI", Meiryo, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "600" },
  cursorType: "pointer",
  autoContrast: true,
});
