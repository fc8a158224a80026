import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NpcRuntimeError } from "./errors.js";
import type { WorldId } from "./messages.js";

const Z85 = /^[0-9a-zA-Z.\-:+=^!/*?&<>()[\]{}@%$#]{40}$/;

/** What opens a daemon on another machine: the content of the file that `npc-runtime keys add` writes. */
export interface Key {
  readonly name: string;
  /** The only world that it is for; null: all. */
  readonly world?: WorldId | null;
  /** The public key of the daemon. */
  readonly server: string;
  readonly public: string;
  readonly secret: string;
}

/** The key in a file. Throws `not_found` or `invalid`, naming the file. */
export async function readKey(file: string): Promise<Key> {
  const key = (await readJson(file)) as Key;
  return checked(key, file);
}

/** What this user shows a daemon on this machine that asks everybody for a key. */
export async function localKey(dataDir: string): Promise<Key> {
  const file = join(dataDir, "keys.json");
  const { server, local } = (await readJson(file)) as Record<string, Key | undefined>;
  return checked({ name: "local", server: server?.public, public: local?.public, secret: local?.secret }, file);
}

async function readJson(file: string): Promise<object> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const why = `the key file ${file} cannot be read: ${(error as Error).message}`;
    throw new NpcRuntimeError("not_found", why, "name the file that `npc-runtime keys add` wrote");
  }
  try {
    return Object(JSON.parse(text)) as object;
  } catch {
    throw unusable(file);
  }
}

function checked(key: Partial<Key>, file: string): Key {
  for (const part of [key.server, key.public, key.secret]) {
    if (typeof part !== "string" || !Z85.test(part)) throw unusable(file);
  }
  return key as Key;
}

function unusable(file: string): NpcRuntimeError {
  return new NpcRuntimeError("invalid", `${file} holds no key`, "copy the file that `npc-runtime keys add` wrote, as it is");
}
