import { Alert, type CSSVariablesResolver, createTheme } from "@mantine/core";

/** The console's looks: system fonts (also for Japanese, so that nothing is downloaded), one blue, calm corners. */
export const theme = createTheme({
  primaryColor: "blue",
  primaryShade: 8,
  defaultRadius: "sm",
  fontFamily: 'system-ui, "Segoe UI", "Hiragino Sans", "Noto Sans CJK JP", "Yu Gothic UI", Meiryo, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace',
  headings: { fontWeight: "600" },
  cursorType: "pointer",
  components: {
    // Its colour is a stripe, so that text and links in it are read as well as everywhere.
    Alert: Alert.extend({
      defaultProps: { variant: "default" },
      styles: (_theme, { color = "blue" }) => ({
        root: { borderInlineStart: `4px solid var(--mantine-color-${color}-6)` },
        title: { color: "var(--mantine-color-text)" },
      }),
    }),
  },
  autoContrast: true,
});

/** WCAG 2.2 AA: dimmed text keeps 4.5:1 on the backgrounds of both schemes, which Mantine's own does not. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--mantine-color-dimmed": "#5c6470", "--mantine-color-placeholder": "#6b7280" },
  dark: { "--mantine-color-dimmed": "#a6adb8", "--mantine-color-placeholder": "#8b939f" },
});
