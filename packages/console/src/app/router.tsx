import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { AREAS } from "./areas.ts";
import { Layout } from "./layout.tsx";
import { NotFoundPage } from "./not-found-page.tsx";
import { PageFailure } from "./page-failure.tsx";

const rootRoute = createRootRoute({ component: Layout, notFoundComponent: NotFoundPage });

/** The pages of all areas below `/console`; each is loaded when it is gone to, or pointed at. */
export function createConsoleRouter() {
  const pages = AREAS.flatMap((area) =>
    area.pages.map(({ path, load }) =>
      createRoute({ getParentRoute: () => rootRoute, path, component: lazyRouteComponent(load) }),
    ),
  );
  return createRouter({
    routeTree: rootRoute.addChildren(pages),
    basepath: "/console",
    defaultPreload: "intent",
    defaultErrorComponent: PageFailure,
    scrollRestoration: true,
  });
}
