import "@mantine/core/styles.css";
import "./app/app.css";
import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/query-client.ts";
import { createConsoleRouter } from "./app/router.tsx";
import { SessionGate } from "./app/session.tsx";
import { theme, variables } from "./app/theme.ts";
import { LanguageProvider } from "./i18n/language.tsx";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

const queryClient = createQueryClient();
const router = createConsoleRouter();

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <LanguageProvider>
          <SessionGate>
            <RouterProvider router={router} />
          </SessionGate>
        </LanguageProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
