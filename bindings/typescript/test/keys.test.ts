import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { connect, findDaemon } from "../src/index.js";
import { COMMAND, ROOT, TestDaemon } from "./daemon.js";

const LIMIT = { timeout: 110_000 };
const ANYWHERE = ["--bind", "tcp://0.0.0.0:0", "--events-bind", "tcp://0.0.0.0:0"];
let daemon: TestDaemon;
let endpoint: string;
let key: string;

before(async () => {
  daemon = await TestDaemon.create(ANYWHERE, async (dataDir) => {
    key = join(dataDir, "zone-2.key.json");
    const [program, ...flags] = COMMAND;
    const add = [...flags, "keys", "add", "zone-2", "--world", "zone", "--data-dir", dataDir, "--out", key];
    await promisify(execFile)(program, add, { cwd: ROOT });
  });
  endpoint = (await findDaemon(daemon.dataDir))?.endpoint ?? "";
});

after(() => daemon?.remove());

test("whoever has a key gets in, to the world that it is for", LIMIT, async () => {
  await using runtime = await connect({ endpoint, key });
  const world = await runtime.openWorld("zone");
  const mira = await world.spawn("mira");
  assert.ok((await mira.say("player:alex", "Good day!").whole())?.text);
  await assert.rejects(runtime.openWorld("another"), { code: "forbidden", detail: { world: "zone" } });
});

test("on its own machine the data folder will do", LIMIT, async () => {
  await using runtime = await connect({ dataDir: daemon.dataDir, start: false });
  assert.equal((await runtime.health()).status, "degraded"); // without a model
});

test("a token does not open a daemon that asks for a key, and the error says so", LIMIT, async () => {
  await assert.rejects(connect({ endpoint, token: "any" }), { code: "unauthorized", hint: /keys add/ });
});

test("a key file that is none is named", LIMIT, async () => {
  await assert.rejects(connect({ endpoint, key: `${key}.txt` }), { code: "not_found", message: /zone-2/ });
  const manifest = join(ROOT, "bindings", "typescript", "package.json");
  await assert.rejects(connect({ endpoint, key: manifest }), { code: "invalid", message: /package\.json/ });
});
