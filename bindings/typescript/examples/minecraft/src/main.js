#!/usr/bin/env node
/** Villagers with a mind on a Minecraft server: `node src/main.js village.json`. */

import { readSettings } from "./settings.js";
import { Village } from "./village.js";

let village;
let ending = false;

async function end(code) {
  if (ending) return;
  ending = true;
  await village?.close();
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void end(0));
try {
  village = new Village(await readSettings(process.argv[2] ?? "village.json"));
  await village.open();
} catch (error) {
  if (!ending) console.error(`${error}`);
  await end(1);
}
