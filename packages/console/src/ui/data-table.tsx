import { Box, Button, Center, Loader, Table, Text } from "@mantine/core";
import type { Key, ReactNode } from "react";
import type { ApiList } from "../api/hooks.ts";
import { defineTexts, useTexts } from "../i18n/language.tsx";
import { Failure } from "./failure.tsx";

const texts = defineTexts({
  en: { more: "Show more", loading: "Loading", nothing: "There is nothing here yet." },
  ja: { more: "さらに表示", loading: "読み込み中", nothing: "まだ何もありません。" },
});

export type Column<Item> = {
  readonly label: string;
  readonly cell: (item: Item) => ReactNode;
  readonly align?: "left" | "right";
  /** Not shown at phone width. */
  readonly wideOnly?: boolean;
};

type DataTableProps<Item> = {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Item>[];
  readonly list: Pick<ApiList<Item>, "items"> & Partial<ApiList<Item>>;
  readonly keyOf: (item: Item) => Key;
  /** Said in place of rows; what to do to have one. */
  readonly empty?: ReactNode;
};

/** A list as a table, loaded page by page. */
export function DataTable<Item>({ label, columns, list, keyOf, empty }: DataTableProps<Item>) {
  const t = useTexts(texts);
  if (list.error && list.items.length === 0) return <Failure error={list.error} />;
  return (
    <Box>
      {/* Who has no pointer scrolls it by keyboard. */}
      <Table.ScrollContainer minWidth={0} type="native" tabIndex={0} role="group" aria-label={label}>
        <Table highlightOnHover verticalSpacing="xs" aria-label={label} aria-busy={list.isLoading ?? false}>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ label: heading, align = "left", wideOnly }) => (
                <Table.Th key={heading} ta={align} {...(wideOnly && { visibleFrom: "sm" })}>
                  {heading}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.items.map((item) => (
              <Table.Tr key={keyOf(item)}>
                {columns.map(({ label: heading, cell, align = "left", wideOnly }) => (
                  <Table.Td key={heading} ta={align} {...(wideOnly && { visibleFrom: "sm" })}>
                    {cell(item)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {list.isLoading && (
        <Center p="lg">
          <Loader size="sm" aria-label={t.loading} />
        </Center>
      )}
      {!list.isLoading && list.items.length === 0 && (
        <Text c="dimmed" p="lg" ta="center">
          {empty ?? t.nothing}
        </Text>
      )}
      {list.hasMore && (
        <Center pt="sm">
          <Button variant="default" size="sm" loading={list.isLoadingMore ?? false} onClick={list.loadMore}>
            {t.more}
          </Button>
        </Center>
      )}
    </Box>
  );
}
