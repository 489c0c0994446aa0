import { useApiList, useChange } from "../../api/hooks.ts";
import { useAccount } from "../../app/session.tsx";
import { useTexts } from "../../i18n/language.tsx";
import { useGo } from "../../ui/text-link.tsx";
import { listTexts } from "./list-texts.ts";
import { ListsPage } from "./lists-page.tsx";

const PATH = "/ip-access-control-lists";

export default function AccessListsPage() {
  const t = useTexts(listTexts);
  const go = useGo();
  const account = useAccount();
  const list = useApiList(
    "GET /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists.json",
    "ip_access_control_lists",
    { path: { account }, query: { PageSize: 50 } },
  );
  const create = useChange("POST /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists.json");
  return (
    <ListsPage
      title={t.access}
      lead={t.accessLead}
      path={PATH}
      list={list}
      onCreate={(FriendlyName) =>
        create.mutate({ path: { account }, body: { FriendlyName } }, { onSuccess: ({ sid }) => go(`${PATH}/${sid}`) })
      }
      isCreating={create.isPending}
      error={create.error}
    />
  );
}
