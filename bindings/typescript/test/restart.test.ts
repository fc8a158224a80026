import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { connect, type Event, type Restored } from "../src/index.js";
import { TestDaemon } from "./daemon.js";

const ALEX = "player:alex";

test("the daemon is killed and started again: the client resumes and answers", { timeout: 240_000 }, async () => {
  const daemon = await TestDaemon.create();
  const runtime = await connect({ dataDir: daemon.dataDir, start: false });
  const world = await runtime.openWorld("save-1", { pack: "hollowmere" });
  try {
    const happened: Event[] = [];
    await world.subscribe((event) => happened.push(event));
    const mira = await world.spawn("mira", "place:smithy");
    await world.spawn("tom", "place:smithy");
    const quarrel = await world.argue(["mira", "tom"], "the lost ladle", { limits: { turns: 5 } });
    const turns: number[] = [];
    const playing = (async () => {
      for await (const turn of quarrel.turns()) {
        if (turns.push(turn.number) === 2) {
          await daemon.kill();
          void daemon.start();
        }
      }
    })();
    const lost = once(runtime, "lost");
    const restored = once(runtime, "restored") as Promise<[Restored]>;
    await lost;
    const reply = mira.say(ALEX, "Are you still there?", { deadline: 80 }); // is put off until the session is back
    const [told] = await restored;
    assert.equal(told.sameDaemon, false);
    assert.deepEqual(told.troubles, []);
    assert.ok((await reply.whole())?.text);
    await playing;
    assert.ok(quarrel.settled, "the quarrel was resumed and came to its end");
    assert.deepEqual(turns.slice(0, 2), [1, 2]);
    // The line that nobody heard was not said; nor was the one before, where the crash came before it was on disk.
    assert.ok(turns[2] === 2 || turns[2] === 1, `turns ${turns}`);
    await world.event("The daemon woke.", { at: "place:smithy" });
    assert.ok(happened.some((event) => event.type === "event.happened"), "events are heard as before");
  } finally {
    await runtime.close();
    await daemon.remove();
  }
});
