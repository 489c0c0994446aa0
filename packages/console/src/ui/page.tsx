import { Breadcrumbs, Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { TextLink } from "./text-link.tsx";

type PageProps = {
  readonly title: string;
  /** One or two sentences on what the page is for. */
  readonly lead?: ReactNode;
  /** The pages above this one. */
  readonly above?: readonly { readonly to: string; readonly label: string }[];
  /** What can be done here, at the right of the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** The frame of a page's content: where one is, the title, what can be done. */
export function Page({ title, lead, above = [], actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Trunkline`;
  }, [title]);
  return (
    <Stack gap="lg">
      <div>
        {above.length > 0 && (
          <Breadcrumbs mb={4} fz="sm">
            {above.map(({ to, label }) => (
              <TextLink key={to} to={to} fw={400}>
                {label}
              </TextLink>
            ))}
          </Breadcrumbs>
        )}
        <Group justify="space-between" align="center" gap="sm">
          <Title order={1} size="h2">
            {title}
          </Title>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {lead && (
          <Text c="dimmed" mt={4} maw={760}>
            {lead}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}
