import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { connect, type Event, type Restored } from "../src/index.js";
import { TestDaemon } from "./daemon.js";

test("a game that was held in a debugger comes back to the same daemon", { timeout: 110_000 }, async () => {
  const daemon = await TestDaemon.create(["--heartbeat", "1", "--session-expiry", "3"]);
  try {
    await using runtime = await connect({ dataDir: daemon.dataDir, start: false });
    const world = await runtime.openWorld("w");
    const mira = await world.spawn("mira", "place:smithy");
    const happened: Event[] = [];
    await world.subscribe((event) => happened.push(event));
    const { session } = runtime.welcome;
    const restored = once(runtime, "restored") as Promise<[Restored]>;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6_000); // nothing of this process goes on meanwhile
    const reply = mira.say("player:alex", "Good day!"); // finds no session, and is sent again in the next one
    const [told] = await restored;
    assert.deepEqual(told, { sameDaemon: true, troubles: [] });
    assert.notEqual(runtime.welcome.session, session);
    assert.ok((await reply.whole())?.text);
    await runtime.health();
    assert.ok(happened.some((event) => event.type === "event.said" && event.speaker === "npc:mira"));
  } finally {
    await daemon.remove();
  }
});
