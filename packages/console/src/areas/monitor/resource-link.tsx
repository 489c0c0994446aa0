import { TextLink } from "../../ui/text-link.tsx";

/** Pages of what an alert can be about, by the prefix of its SID. */
const PAGES: Readonly<Record<string, (sid: string) => string>> = {
  CA: (sid) => `/calls/${sid}`,
  TK: (sid) => `/trunks/${sid}/general`,
  RE: (sid) => `/recordings/${sid}`,
};

/** The SID of something, as a link where it has a page. */
export function ResourceLink({ sid }: { readonly sid: string }) {
  const page = PAGES[sid.slice(0, 2)];
  if (page === undefined) return <span className="mono">{sid}</span>;
  return (
    <TextLink to={page(sid)} fw={400}>
      <span className="mono">{sid}</span>
    </TextLink>
  );
}
