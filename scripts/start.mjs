// npm start: installs if needed, builds, runs the platform with a demo account and the simulated PSTN on the embedded store.
import { become, build, installPackages, projectEnv } from "./lib/project.mjs";

installPackages();
build();
become(["packages/server/bin/trunkline.js", "serve", ...process.argv.slice(2)], {
  ...projectEnv,
  TRUNKLINE_DEMO: process.env.TRUNKLINE_DEMO ?? "true",
});
