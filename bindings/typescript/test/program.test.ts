import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect, findDaemon } from "../src/index.js";
import { findProgram } from "../src/program.js";
import { COMMAND, FLAGS, ROOT } from "./daemon.js";

const LIMIT = { timeout: 60_000, skip: process.platform === "win32" && "its programs are shell scripts" };
let place: string;

before(async () => {
  place = await mkdtemp(join(tmpdir(), "npc-"));
});

after(() => rm(place, { recursive: true, force: true }));

/** A program that runs the daemon of this repository, in a folder such as a bundle's. */
async function bundle(...where: string[]): Promise<string> {
  const folder = join(place, ...where, "npc-runtime");
  await mkdir(folder, { recursive: true });
  const program = join(folder, "npc-runtime");
  await writeFile(program, `#!/bin/sh\ncd '${ROOT}' && exec ${COMMAND.map((word) => `'${word}'`).join(" ")} "$@"\n`);
  await chmod(program, 0o755);
  return program;
}

test("the program is what the variable names, beside the game, shared by all, or on the PATH", LIMIT, async () => {
  const home = join(place, "home");
  const onPath = await bundle("bin");
  const env = { HOME: home, PATH: join(place, "bin", "npc-runtime") };
  const beside = [join(place, "nothing"), join(place, "game")];
  assert.equal(findProgram({ env, beside }), onPath);
  const shared = await bundle("home", ".local", "lib");
  if (process.platform === "linux") assert.equal(findProgram({ env, beside }), shared);
  const besideGame = await bundle("game");
  assert.equal(findProgram({ env, beside }), besideGame);
  const named = await bundle("elsewhere");
  for (const told of [named, join(named, "..")]) assert.equal(findProgram({ env: { ...env, NPC_RUNTIME: told }, beside }), named);
  assert.equal(findProgram({ env: { ...env, NPC_RUNTIME: "" }, beside }), besideGame);
});

test("what the variable names is not looked for elsewhere, and what is nowhere is said to be", LIMIT, () => {
  const nowhere = { env: { HOME: join(place, "empty") }, beside: [] };
  assert.throws(() => findProgram(nowhere), { code: "not_found", message: /neither in .*nor on the PATH/ });
  const wrong = { env: { NPC_RUNTIME: join(place, "gone"), PATH: process.env["PATH"] }, beside: [place] };
  assert.throws(() => findProgram(wrong), { code: "not_found", message: /NPC_RUNTIME names .*gone/ });
});

test("a game that names nothing starts what the variable names", LIMIT, async () => {
  process.env["NPC_RUNTIME"] = await bundle("started");
  const dataDir = join(place, "data");
  try {
    const runtime = await connect({ dataDir, arguments: FLAGS });
    assert.ok(await findDaemon(dataDir));
    await runtime.close();
  } finally {
    delete process.env["NPC_RUNTIME"];
  }
});

test("a daemon that cannot write its data folder is found in its stead", LIMIT, async () => {
  const kept = process.env["XDG_RUNTIME_DIR"];
  process.env["XDG_RUNTIME_DIR"] = join(place, "run");
  const dataDir = join(place, "full");
  const mark = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  const standby = join(place, "run", "npc-runtime", mark);
  await mkdir(standby, { recursive: true });
  const told = { endpoint: "tcp://127.0.0.1:1", events: "tcp://127.0.0.1:2", pid: process.pid, version: "0" };
  await writeFile(join(standby, "daemon.json"), JSON.stringify(told));
  await writeFile(join(standby, "token"), "secret\n");
  try {
    assert.equal((await findDaemon(dataDir))?.token, "secret");
  } finally {
    if (kept === undefined) delete process.env["XDG_RUNTIME_DIR"];
    else process.env["XDG_RUNTIME_DIR"] = kept;
  }
});
