#!/usr/bin/env node
/** Villagers with a mind on a Minecraft server: `node src/main.js village.json`. */

import { readSettings } from "./settings.js";
import { Village } from "./village.js";

let village;

async function end(code) {
  await village?.close();
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void end(0));
try {
  village = new Village(await readSettings(process.argv[2] ?? "village.json"));
  await village.open();
} catch (error) {
  console.error(error.message, error.hint ?? "");
  await end(1);
}
