import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect, findDaemon, type Restored } from "../src/index.js";
import { COMMAND, FLAGS, ROOT } from "./daemon.js";

const LIMIT = { timeout: 110_000 };
let dataDir: string;

before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "npc-"));
});

after(() => rm(dataDir, { recursive: true, force: true }));

test("without a daemon there is a sentence that says so", LIMIT, async () => {
  await assert.rejects(connect({ dataDir, start: false }), { code: "not_found", message: /no daemon is running/ });
});

test("a program that is not there is named", LIMIT, async () => {
  const options = { dataDir, command: ["npc-runtime-that-is-not-there"] as [string] };
  await assert.rejects(connect(options), { code: "not_found", message: /npc-runtime-that-is-not-there/ });
});

test("a daemon that ends at once shows its last words", LIMIT, async () => {
  const options = { dataDir, command: COMMAND, cwd: ROOT, arguments: ["--no-such-flag"] };
  await assert.rejects(connect(options), { code: "internal", message: /--no-such-flag/ });
});

test("a daemon is started, taken up again after a crash, and stopped with the client", LIMIT, async () => {
  const runtime = await connect({ dataDir, command: COMMAND, cwd: ROOT, arguments: FLAGS });
  try {
    const found = await findDaemon(dataDir);
    assert.ok(found);
    const { endpoint } = found;
    await assert.rejects(connect({ endpoint, token: "wrong" }), { code: "unauthorized" });
    const other = await connect({ dataDir }); // finds the one that runs
    await other.close();
    const world = await runtime.openWorld("w");
    const mira = await world.spawn("mira", "place:smithy");
    await world.spawn("tom", "place:smithy");
    const quarrel = await world.argue(["mira", "tom"], "the lost ladle");
    const numbers: number[] = [];
    const restored = once(runtime, "restored") as Promise<[Restored]>;
    for await (const { number } of quarrel.turns()) {
      if (numbers.push(number) === 1) process.kill(found.pid, "SIGKILL");
      else await quarrel.stop();
    }
    assert.deepEqual(numbers.slice(0, 2), [1, 1], "of an argument that nobody has heard, nothing is known: it begins anew");
    assert.equal(quarrel.settled?.outcome.cause, "stopped");
    assert.deepEqual(await restored, [{ sameDaemon: false, troubles: [] }]);
    assert.ok((await mira.say("player:alex", "Good day!").whole())?.text);
  } finally {
    await runtime.close();
  }
  assert.equal(await findDaemon(dataDir), undefined);
});
