import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { download } from "../api/client.ts";
import { Failure } from "./failure.tsx";

type DownloadButtonProps = { readonly path: string; readonly name: string; readonly label: string };

/** Saves a file of the API, by a request that names the account which is acted for; a plain link could not. */
export function DownloadButton({ path, name, label }: DownloadButtonProps) {
  const save = useMutation({ mutationFn: () => download(path, name) });
  return (
    <>
      <Button size="xs" variant="default" loading={save.isPending} onClick={() => save.mutate()}>
        {label}
      </Button>
      <Failure error={save.error} />
    </>
  );
}
