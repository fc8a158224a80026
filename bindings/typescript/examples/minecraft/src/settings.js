import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * @typedef {{ npc: string, name: string, at: [number, number, number], gives: string[], account?: string }} Inhabitant
 *   A character of the pack, the player that it is on the server, where that stands, which items may be asked of it,
 *   and its account where the server wants one.
 */

/** What may be left out. */
const DEFAULTS = {
  world: "minecraft",
  pack: "hollowmere",
  earshot: 16,
  charactersPerSecond: 25,
  chat: "^<([^ >]+)> (.+)$",
  keepers: [],
  server: { host: "localhost", port: 25565, version: false, auth: "offline" },
  daemon: { dataDir: "npc-data", command: ["npc-runtime"], arguments: [] },
};

/** Reads the file that says which village this is. Throws what is wrong with it, in a sentence. */
export async function readSettings(path) {
  const text = await readFile(path, "utf8").catch(() => {
    throw new Error(`There is no ${path}: copy village.json of this example, and name your copy.`);
  });
  let given;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is no JSON: ${error.message}`);
  }
  const unknown = Object.keys(given).filter((key) => key !== "villagers" && !(key in DEFAULTS));
  if (unknown.length > 0) throw new Error(`${path} has ${unknown.join(", ")}, of which this program does not know.`);
  const settings = { ...DEFAULTS, ...given };
  settings.server = { ...DEFAULTS.server, ...given.server };
  settings.daemon = { ...DEFAULTS.daemon, ...given.daemon };
  settings.daemon.dataDir = resolve(dirname(path), settings.daemon.dataDir);
  try {
    settings.chat = new RegExp(settings.chat);
  } catch (error) {
    throw new Error(`\`chat\` of ${path} is not how a line of chat looks: ${error.message}`);
  }
  settings.villagers = inhabitants(given.villagers, path);
  return settings;
}

function inhabitants(given, path) {
  if (!Array.isArray(given) || given.length === 0) throw new Error(`${path} names no villagers.`);
  return given.map((villager) => {
    const { npc, name, at, gives = [] } = villager;
    const who = `the villager ${name ?? npc ?? JSON.stringify(villager)} in ${path}`;
    if (typeof npc !== "string") throw new Error(`${who} needs \`npc\`, a character of the pack such as "mira".`);
    if (!/^\w{1,16}$/.test(name ?? "")) throw new Error(`${who} needs a player's \`name\`: 16 letters, digits and _.`);
    if (!Array.isArray(at) || at.length !== 3 || !at.every(Number.isFinite)) {
      throw new Error(`${who} needs \`at\`, where it stands: [x, y, z], as F3 shows it.`);
    }
    return { ...villager, gives };
  });
}
