import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { NpcRuntimeError } from "./errors.js";

const NAME = "npc-runtime";
const WINDOWS = process.platform === "win32";
const PROGRAM = WINDOWS ? `${NAME}.exe` : NAME;

/** What the rule looks at; a test gives it others. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folders that may have a folder `npc-runtime`. */
  readonly beside: readonly string[];
}

/** The NPC Runtime to start where the game names none: section 3 of the protocol has the rule. */
export function findProgram({ env, beside }: Surroundings = surroundings()): string {
  const named = env["NPC_RUNTIME"];
  if (named) return toldBy(named);
  const folders = [...beside.map((folder) => join(folder, NAME)), ...installed(env)];
  const path = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter(Boolean);
  const found = [...folders, ...path].map((folder) => join(folder, PROGRAM)).find(runs);
  if (found) return found;
  const why = `NPC Runtime was not found: neither in ${folders.join(", ")}, nor on the PATH`;
  throw new NpcRuntimeError("not_found", why, `put its folder ${NAME} beside the game, or name it in \`command\``);
}

function surroundings(): Surroundings {
  const script = process.argv[1] ? [dirname(process.argv[1])] : [];
  return { env: process.env, beside: [dirname(process.execPath), ...script, process.cwd()] };
}

function toldBy(named: string): string {
  const program = statSync(named, { throwIfNoEntry: false })?.isDirectory() ? join(named, PROGRAM) : named;
  if (runs(program)) return program;
  const why = `NPC_RUNTIME names ${named}, and there is no program ${program}`;
  throw new NpcRuntimeError("not_found", why, "name the folder of NPC Runtime or the program in it");
}

/** Where a bundle is that all games share. */
function installed(env: Surroundings["env"]): string[] {
  if (WINDOWS) {
    const roots = [env["LOCALAPPDATA"] && join(env["LOCALAPPDATA"], "Programs"), env["ProgramFiles"]];
    return roots.filter((root): root is string => Boolean(root)).map((root) => join(root, NAME));
  }
  const home = env["HOME"] || homedir();
  if (process.platform === "darwin") return [join(home, "Applications", NAME), join("/Applications", NAME)];
  return [join(home, ".local", "lib", NAME), join("/opt", NAME)];
}

function runs(program: string): boolean {
  try {
    accessSync(program, constants.X_OK);
    return statSync(program).isFile();
  } catch {
    return false;
  }
}
