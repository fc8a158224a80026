import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findDaemon } from "../src/index.js";

/** The repository, whose daemon is tested against. */
export const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
/** A Python that has the dependencies of the daemon. (Not NPC_RUNTIME_...: the daemon refuses settings that it does not know.) */
const PYTHON = process.env["PYTHON"] ?? "python3";
export const COMMAND = [PYTHON, "-m", "npc_runtime"] as [string, ...string[]];
/** Without a model characters speak stock lines, which is enough. */
export const FLAGS = ["--model", "none.gguf", "--embedding", "off"];
const BINDS = ["--bind", "tcp://127.0.0.1:0", "--events-bind", "tcp://127.0.0.1:0"];
const START_MS = 90_000;

/** A daemon that a test starts, kills and starts again on the same data folder. */
export class TestDaemon {
  readonly dataDir: string;
  #child: ChildProcess | undefined;

  private constructor(dataDir: string, private readonly flags: readonly string[]) {
    this.dataDir = dataDir;
  }

  /** `flags`: more of them, each time that it is started; `prepare` comes before. */
  static async create(
    flags: readonly string[] = [],
    prepare?: (dataDir: string) => Promise<unknown>,
  ): Promise<TestDaemon> {
    const daemon = new TestDaemon(await mkdtemp(join(tmpdir(), "npc-")), flags);
    try {
      await prepare?.(daemon.dataDir);
      await daemon.start();
    } catch (error) {
      await daemon.remove();
      throw error;
    }
    return daemon;
  }

  async start(): Promise<void> {
    const flags = ["serve", "--data-dir", this.dataDir, "--exit-with-parent", String(process.pid), ...FLAGS, ...BINDS];
    const [program, ...before] = COMMAND;
    const child = spawn(program, [...before, ...flags, ...this.flags], { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    let said = "";
    child.stderr?.on("data", (data) => (said += String(data)));
    for (const end = Date.now() + START_MS; Date.now() < end; await delay(50)) {
      if ((await findDaemon(this.dataDir))?.pid === child.pid) return;
      if (child.exitCode !== null) break;
    }
    throw new Error(`the daemon did not start: ${said}`);
  }

  /** As a crash does. */
  async kill(): Promise<void> {
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
