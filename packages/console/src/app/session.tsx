import { Center, Loader } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, lazy, type ReactNode, Suspense, useContext, useEffect, useMemo, useState } from "react";
import { type Api, ApiError, ask, credentials } from "../api/client.ts";
import { SESSION_KEY } from "../api/query-client.ts";
import { useLanguage } from "../i18n/language.tsx";
import { Failure } from "../ui/failure.tsx";

type SignedIn = Api["GET /trunkline/v1/Sessions/Current"]["answer"];
type User = SignedIn["user"];

type Session = {
  readonly user: User;
  /** The account that pages are about. An operator chooses one; empty until then. */
  readonly accountSid: string;
  readonly actFor: (accountSid: string) => void;
  readonly signOut: () => Promise<void>;
};

const SessionContext = createContext<Session | null>(null);
const SignInPage = lazy(() => import("../areas/sign-in/sign-in-page.tsx"));
const PasswordPage = lazy(() => import("../areas/sign-in/password-page.tsx"));
const EnrolPage = lazy(() => import("../areas/sign-in/enrol-page.tsx"));

/** Where an invitation leads; its token stands behind the #, which no server and no log sees. */
const PASSWORD_PATH = "/console/password";
/** Who has chosen which account, as long as this window is open. */
const ACTED_AS = "trunkline-account";

/** Shows the console to who is signed in, else the sign-in page. */
export function SessionGate({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const { language, adopt } = useLanguage();
  credentials.language = language;
  const query = useQuery({ queryKey: SESSION_KEY, queryFn: currentSession, staleTime: Number.POSITIVE_INFINITY });
  const [acted, setActed] = useState<string | null>(() => sessionStorage.getItem(ACTED_AS));
  const signedIn = query.data ?? null;
  // Whoever signs in after another's session has ended makes no use of that one's choice.
  const chosen = signedIn !== null && acted?.startsWith(`${signedIn.user.sid} `) ? acted.split(" ")[1] : undefined;
  const accountSid = chosen ?? signedIn?.user.account_sid ?? "";
  // Before anything below asks.
  credentials.csrfToken = signedIn?.csrf_token ?? "";
  credentials.accountSid = accountSid === "" ? null : accountSid;
  const session = useMemo<Session | null>(
    () =>
      signedIn && {
        user: signedIn.user,
        accountSid,
        actFor: (wanted) => {
          const choice = `${signedIn.user.sid} ${wanted}`;
          sessionStorage.setItem(ACTED_AS, choice);
          setActed(choice);
        },
        signOut: async () => {
          await ask("DELETE /trunkline/v1/Sessions/Current", {});
          sessionStorage.removeItem(ACTED_AS);
          setActed(null);
          client.setQueryData(SESSION_KEY, null);
          // Nothing of what was seen stays for who signs in next.
          client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
        },
      },
    [signedIn, accountSid, client],
  );
  useEffect(() => {
    document.title = "Trunkline";
  }, []);
  const ownLanguage = signedIn?.user.language;
  useEffect(() => {
    if (ownLanguage !== undefined) adopt(ownLanguage);
  }, [ownLanguage, adopt]);
  if (location.pathname === PASSWORD_PATH) {
    return (
      <Suspense fallback={<Waiting />}>
        <PasswordPage />
      </Suspense>
    );
  }
  if (query.isLoading) return <Waiting />;
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  if (session === null || signedIn === null) {
    return (
      <Suspense fallback={<Waiting />}>
        <SignInPage onSignedIn={(found) => client.setQueryData(SESSION_KEY, found)} />
      </Suspense>
    );
  }
  if (signedIn.second_factor_needed) {
    return (
      <Suspense fallback={<Waiting />}>
        <EnrolPage onDone={() => void query.refetch()} />
      </Suspense>
    );
  }
  return <SessionContext value={session}>{children}</SessionContext>;
}

async function currentSession(): Promise<SignedIn | null> {
  try {
    return await ask("GET /trunkline/v1/Sessions/Current", {});
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

function Waiting() {
  return (
    <Center mih="60vh">
      <Loader aria-label="…" />
    </Center>
  );
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession outside of SessionGate");
  return session;
}

/** The account that the page is about, as the `account` part of a path. */
export function useAccount(): string {
  return useSession().accountSid;
}
