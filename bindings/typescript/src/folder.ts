import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Key, localKey } from "./keys.js";

/** Where a daemon listens, and what is shown to it: a token on its own machine, a key from another one. */
export interface Address {
  readonly endpoint: string;
  readonly token?: string;
  readonly key?: Key;
}

/** A daemon that describes itself in its data folder. */
export interface FoundDaemon extends Address {
  readonly events: string;
  readonly pid: number;
  readonly version: string;
}

/** What stands in `daemon.json`. */
interface Described extends Omit<FoundDaemon, "token" | "key"> {
  /** Its public key, where other machines can reach it: then everybody shows a key. */
  readonly server_key?: string | null;
}

/** The data folder of a daemon to which no other was named. */
export function defaultDataDir(): string {
  const home = homedir();
  if (process.platform === "win32") {
    return join(process.env["LOCALAPPDATA"] ?? join(home, "AppData", "Local"), "npc-runtime");
  }
  if (process.platform === "darwin") return join(home, "Library", "Application Support", "npc-runtime");
  return join(process.env["XDG_DATA_HOME"] || join(home, ".local", "share"), "npc-runtime");
}

/** The daemon that serves a data folder, or undefined. After a crash its file stays behind: then its process is gone. */
export async function findDaemon(dataDir: string): Promise<FoundDaemon | undefined> {
  for (const folder of [dataDir, ...standbys(dataDir).filter(isOurs)]) {
    try {
      const told = JSON.parse(await readFile(join(folder, "daemon.json"), "utf8")) as Described;
      if (!isAlive(told.pid)) continue;
      if (told.server_key) return { ...told, key: await localKey(dataDir) };
      return { ...told, token: (await readFile(join(folder, "token"), "utf8")).trim() };
    } catch {
      // none here, or one that is just writing it
    }
  }
  return undefined;
}

/** Where a daemon describes itself that cannot write its data folder: section 3 of the protocol has the places. */
export function standbys(dataDir: string): string[] {
  const mark = createHash("sha256").update(resolve(dataDir)).digest("hex").slice(0, 12);
  return runtimeFolders().map((folder) => join(folder, "npc-runtime", mark));
}

function runtimeFolders(): string[] {
  const { env } = process;
  if (process.platform === "win32") return env["LOCALAPPDATA"] ? [join(env["LOCALAPPDATA"], "Temp")] : [];
  if (process.platform === "darwin") return [join(homedir(), "Library", "Caches", "TemporaryItems")];
  const uid = process.getuid?.() ?? 0;
  const named = env["XDG_RUNTIME_DIR"];
  return [...(named ? [named] : []), `/run/user/${uid}`, join(tmpdir(), `runtime-${uid}`)];
}

/** What another user left in such a place does not count. */
function isOurs(folder: string): boolean {
  if (!process.getuid) return true; // Windows: the place is under the user's own
  return statSync(folder, { throwIfNoEntry: false })?.uid === process.getuid();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // there is one, of another user
  }
}
