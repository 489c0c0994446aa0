import { Anchor } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";

type Target = {
  /** A path of the console, such as `/trunks/TK…/general`. */
  readonly to: string;
  readonly children: ReactNode;
  readonly fw?: number;
};

/** A link to another page of the console. */
export function TextLink({ to, children, fw }: Target) {
  return (
    <Anchor {...plainLink(to)} fw={fw ?? 500}>
      {children}
    </Anchor>
  );
}

/** What makes a component of Mantine a link to a page of the console: `<Button {...plainLink("/trunks")}>`. */
export function plainLink(to: string): { readonly component: typeof Link; readonly to: string } {
  return { component: Link, to };
}

/** Goes to a page of the console, such as one that shows what was just made. */
export function useGo(): (to: string) => void {
  const router = useRouter();
  return (to) => void router.navigate({ to });
}
