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

// Left out are `heard-auto` (this client says itself what was heard), and `sent-again` and `duplicate` (it chooses the ids
// of its requests, and never the same one twice).

/** Has a game be played against the transcript, all of which must have been said then. */
async function play(
  transcript: string,
  game: (world: World, runtime: Runtime) => Promise<void>,
  without: readonly string[] = [],
): Promise<void> {
  const fake = await FakeDaemon.create(transcript, without);
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

const LIMITS = { turns: 4 };

test("argument: a player steps in before a line was heard, and it goes to its end", LIMIT, () =>
  play("argument", async (world) => {
    for (const npc of ["mira", "tom", "odile"]) await world.spawn(npc, "smithy");
    await world.move(ALEX, "smithy", { name: "Alex" });
    const quarrel = await world.argue(["mira", "tom"], "the stolen hammer", { seed: 4, limits: LIMITS });
    const turns: number[] = [];
    for await (const turn of quarrel.turns()) {
      if (turns.push(turn.number) > 1) continue;
      const taken = await quarrel.intervene(ALEX, "Calm down, both of you.", { name: "Alex" });
      assert.equal(taken.kind, "calm");
    }
    assert.deepEqual(turns, [1, 2, 3, 4]);
    assert.equal(quarrel.settled?.outcome.cause, "turns");
    assert.equal(quarrel.settled.outcome.agreed, null);
    assert.deepEqual(await world.arguments(), []);
  }));

test("argument-resumed: another daemon goes on where the line was that nobody heard", LIMIT, () =>
  play(
    "argument-resumed",
    async (world, runtime) => {
      for (const npc of ["mira", "tom"]) await world.spawn(npc, "smithy");
      const restored = once(runtime, "restored") as Promise<[Restored]>;
      const options = { seed: 4, limits: LIMITS, ack: false };
      const quarrel = await world.argue(["mira", "tom"], "the stolen hammer", options);
      const turns: number[] = [];
      for await (const turn of quarrel.turns()) if (turns.push(turn.number) !== 2) await quarrel.heard(turn.reply);
      assert.deepEqual(turns, [1, 2, 2, 3, 4]);
      assert.deepEqual((await restored)[0], { sameDaemon: false, troubles: [] });
      assert.ok(quarrel.settled);
    },
    ["argue.list", "argue.listing"], // it knows which argument was its own
  ));

test("encounter: news is passed on, and traced", LIMIT, () =>
  play("encounter", async (world) => {
    for (const npc of ["mira", "odile"]) await world.spawn(npc, "smithy");
    await world.move(ALEX, "smithy", { name: "Alex" });
    const dropped = { at: "smithy", witnesses: ["mira"], importance: 0.9 };
    assert.equal((await world.event("Pim dropped a lantern into the mere.", dropped))[0]?.how, "witnessed");
    const encounter = await world.encounter({ between: ["mira", "odile"], about: "the lantern", seed: 4 });
    const speakers: string[] = [];
    for await (const turn of encounter.turns()) speakers.push(turn.speaker);
    assert.equal(speakers.length, encounter.ended?.turns);
    assert.equal(encounter.ended?.news[0]?.teller, "npc:mira");
    assert.equal((await world.gossip("the lantern"))[0]?.depth, 0);
  }));

test("saves: a world goes back, and a save that was given up is missed", LIMIT, () =>
  play("saves", async (world) => {
    const mira = await world.spawn("mira", "smithy");
    const happened: string[] = [];
    await world.subscribe(({ type }) => happened.push(type));
    await world.set("closed", true, { scope: "place:bridge", text: "The bridge is closed." });
    await world.save("slot 1");
    await world.advance("2d");
    await mira.despawn();
    await world.set("closed", null, { scope: "place:bridge" });
    await world.branch("slot 1", "before the feast");
    assert.deepEqual((await world.saves()).map(({ save }) => save), ["slot 1", "before the feast"]);
    assert.equal((await world.restore("slot 1")).save, "slot 1");
    assert.equal((await world.facts("place:bridge"))[0]?.value, true);
    assert.deepEqual((await world.npcs()).map(({ id }) => id), ["npc:mira"]);
    await world.deleteSave("before the feast");
    await assert.rejects(world.restore("before the feast"), { code: "not_found", hint: "there are slot 1" });
    assert.deepEqual(happened, ["event.time", "event.npc.despawned", "event.restored"]);
  }));

test("events: they come from the subscription to its end", LIMIT, () =>
  play("events", async (world) => {
    const happened: string[] = [];
    const unsubscribe = await world.subscribe(({ type }) => happened.push(type));
    await world.spawn("mira", "smithy");
    await world.move(ALEX, "smithy", { name: "Alex" });
    await world.event("Tom stole the hammer.", { at: "smithy", by: "tom" });
    unsubscribe();
    await world.advance("1h");
    await world.close();
    assert.deepEqual(happened, ["event.npc.spawned", "event.moved", "event.happened"]);
  }));

test("pages: a list is asked for page by page", LIMIT, () =>
  play("pages", async (world) => {
    for (const [type, limit] of [["persona.list", 4], ["place.list", 5]] as const) {
      const first = await world.request(type, { limit, after: "" });
      assert.ok(first.next);
      assert.equal((await world.request(type, { limit, after: first.next })).next, null);
    }
  }));
