import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { connect, type Event, type Restored, type Runtime, type World } from "../src/index.js";
import { FakeDaemon, openDoor, TOKEN } from "./fake-daemon.js";

const LIMIT = { timeout: 60_000 };
const ALEX = "player:alex";
let closeDoor: (() => void) | undefined;

before(async () => {
  closeDoor = await openDoor();
});

after(() => closeDoor?.());

/** Has a game be played against the transcript, all of which must have been said then. */
async function play(transcript: string, game: (world: World, runtime: Runtime) => Promise<void>): Promise<void> {
  const fake = await FakeDaemon.create(transcript);
  try {
    await using runtime = await connect({ endpoint: fake.endpoint, token: TOKEN });
    const world = await runtime.openWorld(transcript, { pack: "hollowmere" });
    await Promise.all([game(world, runtime), fake.finished()]);
  } finally {
    fake.close();
  }
}

test("first-talk: a villager answers, and is heard", LIMIT, () =>
  play("first-talk", async (world) => {
    const mira = await world.spawn("mira", "smithy");
    const reply = mira.say(ALEX, "Good day! What do you sell?", { name: "Alex", seed: 7, stream: "delta" });
    let text = "";
    const sentences: string[] = [];
    for await (const part of reply) {
      if (part.type === "reply.delta") text += part.text;
      if (part.type === "reply.sentence") sentences.push(part.text);
    }
    assert.equal(text, reply.end?.text);
    assert.equal(sentences.join(" "), text);
  }));

test("mistakes: an error says what would be right, and the right request follows", LIMIT, () =>
  play("mistakes", async (world, runtime) => {
    const troubles: string[] = [];
    runtime.on("trouble", ({ message }) => troubles.push(message));
    await assert.rejects(world.spawn("mria", "smithy"), { code: "not_found", hint: /did you mean mira/ });
    await world.spawn("mira", "smithy");
    await assert.rejects(world.request("world.advance", {}), { code: "invalid" });
    assert.equal((await world.advance("30m")).moment, "day 1, morning");
    const stolen = { at: "smithy", importance: 0.7 };
    const mistyped = { ...stolen, speed: 3 };
    assert.equal((await world.event("Tom stole the hammer.", mistyped)).length, 1);
    assert.deepEqual(troubles, ["world.event has no field 'speed'"]);
    const unseen = world.event("Tom stole the hammer.", { ...stolen, witnesses: ["tom"] });
    await assert.rejects(unseen, (error) => {
      assert.deepEqual((error as { detail?: unknown }).detail, { kind: "npc", id: "tom" });
      return true;
    });
    assert.equal((await world.event("Tom stole the hammer.", stolen))[0]?.npc, "npc:mira");
  }));

test("lost-session: another daemon is asked for all that the first one had", LIMIT, () =>
  play("lost-session", async (world, runtime) => {
    await world.spawn("mira", "smithy");
    const happened: Event[] = [];
    await world.subscribe((event) => happened.push(event));
    const restored = once(runtime, "restored") as Promise<[Restored]>;
    assert.deepEqual((await world.npcs()).map(({ id }) => id), ["npc:mira"]);
    assert.deepEqual((await restored)[0], { sameDaemon: false, troubles: [] });
    await world.spawn("tom", "smithy");
    assert.deepEqual(happened.map(({ type }) => type), ["event.npc.spawned"]);
  }));

test("walking-away: the line ends as cancelled, and nothing of it was heard", LIMIT, () =>
  play("walking-away", async (world, runtime) => {
    const mira = await world.spawn("mira", "smithy");
    const options = { name: "Alex", seed: 7, stream: "delta", barks: "never", max_tokens: 200 } as const;
    const reply = mira.say(ALEX, "Tell me all that you know of this village.", options);
    let deltas = 0;
    for await (const part of reply) if (part.type === "reply.delta" && ++deltas === 3) reply.cancel();
    assert.equal(reply.end?.finish, "cancelled");
    await runtime.request("cancel", { target: reply.request });
    await assert.rejects(runtime.request("cancel", { target: "never-sent" }), { code: "not_found" });
  }));
