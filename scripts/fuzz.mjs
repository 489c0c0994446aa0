// npm run fuzz: builds, then breaks messages for as long as it is told (see test/fuzz/run.ts for its options).
import { become, build, installPackages } from "./lib/project.mjs";

installPackages();
build();
become(["--expose-gc", "test/fuzz/run.ts", ...process.argv.slice(2)]);
