// Writes docs/api-parity.md: every endpoint of Twilio's surfaces that is served, and what tests were seen to try of it (those of the api
// room, and those of recordings over the API); then what of those surfaces is not served. Runs those tests, whose fixture notes each
// answer. With --check it runs none, and fails when the page and the routes do not name the same endpoints.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { routes } from "../packages/api/dist/resources/index.js";
import { projectEnv, root } from "./lib/project.mjs";

const PAGE = join(root, "docs", "api-parity.md");
const DOCUMENTS = {
  trunking: ["twilio_trunking_v1"],
  api: ["twilio_api_v2010"],
  monitor: ["twilio_monitor_v1"],
  voice: ["twilio_voice_v1"],
  accounts: ["twilio_accounts_v1"],
  iam: ["twilio_iam_v1"],
  pricing: ["twilio_pricing_v2"],
  lookups: ["twilio_lookups_v2"],
  routes: ["twilio_routes_v2"],
};
const PREFIX = { api: "/2010-04-01", pricing: "/v2", lookups: "/v2", routes: "/v2" };
const MARK = "<!-- The tables below are written by scripts/api-parity.mjs. -->";

const prefixOf = (product) => PREFIX[product] ?? "/v1";
const served = routes().filter(({ product }) => product !== "trunkline");
const keyOf = ({ method, product, path }) => `${method} /~${product}${prefixOf(product)}${path}`;
const shownPath = ({ product, path }) => prefixOf(product) + path.replace(/:(\w+)/g, "{$1}");

function collectEvidence() {
  const folder = mkdtempSync(join(tmpdir(), "api-evidence-"));
  const tests = ["packages/api/", "test/e2e/recording-api"];
  const args = ["run", "--project", "unit", "--project", "e2e", ...tests, "--reporter=dot"];
  const env = { ...projectEnv, API_EVIDENCE: folder };
  const { status } = spawnSync("vitest", args, { cwd: root, stdio: "inherit", env });
  if (status !== 0) throw new Error("the tests of the API fail: mend them first");
  const tried = new Map();
  for (const file of readdirSync(folder)) {
    for (const line of readFileSync(join(folder, file), "utf8").trim().split("\n")) {
      const { method, url, bySdk, status: answered, code, checked } = JSON.parse(line);
      const key = `${method} ${url}`;
      const seen = tried.get(key) ?? { sdk: false, checked: false, plain: false, errors: new Set() };
      tried.set(key, seen);
      if (answered < 400) {
        seen.sdk ||= bySdk;
        seen.plain = true;
        seen.checked ||= checked;
      } else seen.errors.add(`${answered}${code ? ` ${code}` : ""}`);
    }
  }
  rmSync(folder, { recursive: true });
  return tried;
}

function tableOf(product, tried) {
  const lines = served
    .filter((route) => route.product === product)
    .map((route) => {
      const { sdk = false, plain = false, checked = false, errors = new Set() } = tried.get(keyOf(route)) ?? {};
      const by = sdk ? "SDK" : plain ? "HTTP" : "–";
      return `| \`${route.method} ${shownPath(route)}\` | ${by} | ${checked ? "yes" : "–"} | ${[...errors].sort().join(", ") || "–"} |`;
    });
  return ["| Endpoint | Tried by | Held against the document | Errors tried |", "|---|---|---|---|", ...lines];
}

/** `METHOD /path` of a document and of our routes in one form. */
const form = (method, path) => `${method.toUpperCase()} ${path.replace(/\.json$/, "").replace(/\{\w+\}|:\w+/g, "{}")}`;

function notServed(product) {
  const own = new Set(
    served.filter((r) => r.product === product).map((r) => form(r.method, prefixOf(product) + r.path)),
  );
  return DOCUMENTS[product].flatMap((name) => {
    const document = JSON.parse(readFileSync(join(root, ".cache", "openapi", `${name}.json`), "utf8"));
    return Object.entries(document.paths).flatMap(([path, item]) =>
      ["get", "post", "delete"]
        .filter((method) => item[method] && !own.has(form(method, path)))
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
  });
}

const before = readFileSync(PAGE, "utf8");
if (process.argv.includes("--check")) {
  const written = new Set([...before.matchAll(/^\| `(\w+ \/[^`]+)`/gm)].map((match) => match[1]));
  const wanted = new Set(served.map((route) => `${route.method} ${shownPath(route)}`));
  const problems = [
    ...[...wanted].filter((one) => !written.has(one)).map((one) => `${one} is served and not on the page`),
    ...[...written].filter((one) => !wanted.has(one)).map((one) => `${one} is on the page and not served`),
  ];
  for (const problem of problems)
    process.stderr.write(`docs/api-parity.md: ${problem}: run node scripts/api-parity.mjs\n`);
  process.exit(problems.length > 0 ? 1 : 0);
}
const tried = collectEvidence();
const parts = Object.keys(DOCUMENTS).flatMap((product) => {
  const rest = notServed(product);
  const outside = rest.length === 0 ? [] : ["", "Not served:", "", ...rest.map((one) => `- \`${one}\``)];
  return ["", `## ${product}`, "", ...tableOf(product, tried), ...outside];
});
writeFileSync(PAGE, `${before.slice(0, before.indexOf(MARK) + MARK.length)}\n${parts.join("\n")}\n`);
