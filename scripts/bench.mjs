// npm run bench: builds, installs the peers where it may, measures every budget side by side.
import { BENCH_PROGRAMS, installPrograms } from "./lib/debian.mjs";
import { become, build, installPackages } from "./lib/project.mjs";

installPackages();
installPrograms(BENCH_PROGRAMS);
build();
become(["bench/run.ts", ...process.argv.slice(2)]);
