/** A player, a server and a village on it, for a test to play. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, findDaemon } from "npc-runtime";
import { Server, VERSION } from "./server.js";

const HERE = fileURLToPath(new URL("..", import.meta.url));
const ROOT = fileURLToPath(new URL("../../../../../", import.meta.url));
const PYTHON = process.env.PYTHON ?? "python3";
const WORLD = "a village";
export const EARSHOT = 16;
const STEP_MS = 30_000;
const SETTLE_MS = 300;
const QUIET_MS = 1_200;

export class Game {
  /** All that was in chat, as the player sees it: `<Mira> Good day.` */
  chat = [];
  /** What the village writes on its console. */
  log = "";

  static async start() {
    const game = new Game();
    game.folder = await mkdtemp(join(tmpdir(), "village-"));
    game.dataDir = join(game.folder, "npc-data");
    game.server = await Server.start();
    game.alex = await game.server.join("Alex");
    game.alex.on("messagestr", (line) => game.chat.push(line));
    const { x, z } = game.server.player("Alex").position;
    game.x = x;
    game.z = z;
    return game;
  }

  /** The village, as its user starts it; `flags` are the daemon's. */
  async open(villagers, ...flags) {
    this.log = "";
    const { x, z, server } = this;
    const settings = {
      server: { host: "127.0.0.1", port: server.port, version: VERSION },
      world: WORLD,
      earshot: EARSHOT,
      charactersPerSecond: 100,
      keepers: ["Alex"],
      daemon: { dataDir: "npc-data", command: [PYTHON, "-m", "npc_runtime"], arguments: flags, cwd: ROOT },
      villagers: villagers.map(({ right, ...villager }) => ({ ...villager, at: [x + right, server.ground, z] })),
    };
    const file = join(this.folder, "village.json");
    await writeFile(file, JSON.stringify(settings));
    this.village = spawn(process.execPath, ["src/main.js", file], { cwd: HERE, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.village.stdout, this.village.stderr]) stream.on("data", (data) => (this.log += data));
    const names = villagers.map(({ name }) => name);
    await this.until("all are there", () => names.every((name) => this.log.includes(`${name} is on the server.`)));
    await this.until("all are at home", () => villagers.every(({ name, right }) => this.isAt(name, x + right, z)));
    await this.until("the daemon is there", () => this.log.includes("awake"));
  }

  /** Ends it as its user does, with Ctrl+C. */
  async close() {
    if (!this.village || this.village.exitCode !== null) return;
    const ended = once(this.village, "exit");
    this.village.kill("SIGINT");
    await ended;
  }

  async end() {
    this.village?.kill("SIGKILL");
    this.alex?.quit();
    await this.server?.stop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Waits until something is so. */
  async until(what, isSo, milliseconds = STEP_MS) {
    for (const end = Date.now() + milliseconds; Date.now() < end; await delay(20)) {
      const so = await isSo();
      if (so) return so;
      if (this.village?.exitCode) break;
    }
    return assert.fail(`In vain it was waited for this: ${what}.\n${this.chat.join("\n")}\n${this.log}`);
  }

  /** The player writes a line; gives the first that one of these answers, and after how many milliseconds. */
  async ask(text, names = ["Mira", "Tom"]) {
    const from = this.chat.length;
    const began = performance.now();
    this.alex.chat(text);
    const answer = await this.until(`an answer to "${text}"`, () =>
      this.chat.slice(from).find((line) => names.some((name) => line.startsWith(`<${name}> `))),
    );
    return { answer, took: performance.now() - began };
  }

  /** Takes a player to a place; villagers come on foot, and where they are under way they would not stay there. */
  place(name, x, z) {
    return this.until(`${name} is there`, async () => {
      this.server.put(name, x, z);
      await delay(SETTLE_MS);
      return this.isAt(name, x, z);
    });
  }

  /** Whether a player or a villager is at a place. */
  isAt(name, x, z) {
    const { position } = this.server.player(name);
    return Math.hypot(position.x - x, position.z - z) < 2;
  }

  /** Waits until nobody says any more. */
  async quiet() {
    for (let said = -1; said !== this.chat.length; await delay(QUIET_MS)) said = this.chat.length;
  }

  /** The player asks for something, and it is done, or not, as the console says. */
  async request(text, outcome) {
    const from = this.log.length;
    await this.ask(text);
    await this.until(outcome, () => this.log.slice(from).includes(outcome));
    await this.quiet();
  }

  /** The minds, as another program sees them that knows the same data folder. */
  async minds(look) {
    const runtime = await connect({ dataDir: this.dataDir, start: false });
    try {
      return await look(await runtime.openWorld(WORLD), runtime);
    } finally {
      await runtime.close();
    }
  }

  /** All that somebody remembers, a line each. */
  memories(npc) {
    return this.minds(async (world) => (await world.memories(npc)).map(({ text }) => text).join("\n"));
  }

  daemon() {
    return findDaemon(this.dataDir);
  }
}
