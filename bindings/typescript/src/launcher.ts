import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { NpcRuntimeError } from "./errors.js";
import { findDaemon, type FoundDaemon, standbys } from "./folder.js";
import { findProgram } from "./program.js";

const LOOK_MS = 50;
const START_MS = 120_000;
const STOP_MS = 10_000;
const LOG_LINES = 12;

export interface LaunchOptions {
  /** The program, and what stands before `serve`. Left out, it is looked for: `NPC_RUNTIME`, beside the game, installed. */
  command?: readonly [string, ...string[]];
  /** Further flags of `serve`, such as `["--model", "villager.gguf"]`. */
  arguments?: readonly string[];
  /** How long to wait until it serves; loading a large model takes its time. */
  startTimeoutMs?: number;
  /** The folder that the program runs in. */
  cwd?: string;
  /** Ends the waiting, and what was started. */
  signal?: AbortSignal;
}

/** A daemon that this process started; it ends with this process, also when that crashes. */
export interface LaunchedDaemon {
  readonly daemon: FoundDaemon;
  readonly process: ChildProcess;
  /** Ends the daemon: politely first, then not. */
  stop(): Promise<void>;
}

/** Starts `npc-runtime serve` on free ports and waits until it serves; its log is `daemon.log` in the data folder. */
export async function launchDaemon(dataDir: string, options: LaunchOptions = {}): Promise<LaunchedDaemon> {
  const [program, ...before] = options.command ?? [findProgram()];
  const flags = ["serve", "--data-dir", dataDir, "--exit-with-parent", String(process.pid)];
  if (!options.arguments?.includes("--bind")) {
    flags.push("--bind", "tcp://127.0.0.1:0", "--events-bind", "tcp://127.0.0.1:0");
  }
  const stale = await findDaemon(dataDir);
  const { path: logFile, file: log } = await newLog(dataDir);
  let child: ChildProcess;
  try {
    child = spawn(program, [...before, ...flags, ...(options.arguments ?? [])], {
      cwd: options.cwd,
      stdio: ["ignore", "ignore", log.fd],
      windowsHide: true,
    });
    await started(child, program);
  } finally {
    await log.close();
  }
  try {
    const daemon = await ready(child, dataDir, logFile, stale, options);
    return { daemon, process: child, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

/** An empty log, in the data folder or, where that cannot be written, where the daemon describes itself then. */
async function newLog(dataDir: string): Promise<{ path: string; file: FileHandle }> {
  let failed: unknown;
  for (const folder of [dataDir, ...standbys(dataDir)]) {
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, "daemon.log");
      return { path, file: await open(path, "w", 0o600) };
    } catch (error) {
      failed ??= error;
    }
  }
  const why = `cannot start a daemon for ${dataDir}: ${(failed as Error).message}`;
  throw new NpcRuntimeError("storage", why, "choose another data folder");
}

async function started(child: ChildProcess, program: string): Promise<void> {
  try {
    await once(child, "spawn"); // rejects on "error"
  } catch (error) {
    const why = `cannot start ${program}: ${(error as Error).message}`;
    throw new NpcRuntimeError("not_found", why, "install it, or name it in `command`");
  }
}

async function ready(
  child: ChildProcess,
  dataDir: string,
  logFile: string,
  stale: FoundDaemon | undefined,
  { startTimeoutMs: timeoutMs = START_MS, signal }: LaunchOptions,
): Promise<FoundDaemon> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(LOOK_MS)) {
    if (signal?.aborted) throw new NpcRuntimeError("cancelled", "the start of the daemon was called off");
    const found = await findDaemon(dataDir);
    // Where the program is a wrapper, the daemon is another process than the child: then it is told by what is new.
    if (found && (found.pid === child.pid || found.pid !== stale?.pid || found.endpoint !== stale.endpoint)) return found;
    if (hasEnded(child)) {
      const ended = `the daemon ended before it was ready:\n${await lastLines(logFile)}`;
      throw new NpcRuntimeError("internal", ended, `its log is ${logFile}`);
    }
  }
  const late = `the daemon was not ready after ${timeoutMs / 1000} s:\n${await lastLines(logFile)}`;
  throw new NpcRuntimeError("deadline", late, "name a smaller model, or wait longer");
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill();
  const patience = new AbortController();
  const late = delay(STOP_MS, "late", { signal: patience.signal }).catch(() => "ended");
  if ((await Promise.race([ended, late])) === "late") child.kill("SIGKILL");
  await ended;
  patience.abort();
}

/** Whether a process has ended, by itself or by a signal. */
export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function lastLines(logFile: string): Promise<string> {
  const log = await readFile(logFile, "utf8").catch(() => "");
  return log.trimEnd().split("\n").slice(-LOG_LINES).join("\n") || "(it wrote nothing)";
}
