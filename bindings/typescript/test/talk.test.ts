import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect, type Event, type EventSaid, isNpcError, type Runtime, type World } from "../src/index.js";
import { TestDaemon } from "./daemon.js";

const LIMIT = { timeout: 115_000 };
const ALEX = "player:alex";
let daemon: TestDaemon;
let runtime: Runtime;
let world: World;
const troubles: string[] = [];

before(async () => {
  daemon = await TestDaemon.create();
  runtime = await connect({ dataDir: daemon.dataDir, start: false, name: "test" });
  runtime.on("trouble", (error) => troubles.push(error.message));
  world = await runtime.openWorld("save-1", { pack: "hollowmere" });
});

after(async () => {
  await runtime?.close();
  await daemon?.remove();
});

test("a villager answers, and what was heard is told to who listens", LIMIT, async () => {
  const happened: Event[] = [];
  const unsubscribe = await world.subscribe((event) => happened.push(event));
  const mira = await world.spawn("mira");
  assert.equal(mira.id, "npc:mira");
  assert.equal(await mira.near(ALEX, { name: "Alex" }), false, "there is no model here");
  const kinds: string[] = [];
  const sentences: string[] = [];
  const reply = mira.say(ALEX, "What do you sell?", { name: "Alex" });
  for await (const part of reply) {
    kinds.push(part.type);
    if (part.type === "reply.sentence") sentences.push(part.text);
  }
  assert.equal(kinds[0], "reply.start");
  assert.equal(kinds.at(-1), "reply.end");
  assert.ok(sentences.length > 0);
  assert.equal(reply.end?.finish, "stop");
  assert.equal(reply.end?.text, sentences.join(" "));
  await runtime.health(); // behind what was sent before
  const heard = happened.filter((event) => event.type === "event.said" && event.speaker === "npc:mira");
  assert.deepEqual(heard.map((event) => (event as EventSaid).text), [reply.end.text], "one memory of the whole line");
  assert.ok((await world.memories(mira.id)).some((memory) => memory.how === "said"));
  assert.ok((await mira.memories("the smithy")).length > 0);
  unsubscribe();
});

test("others hear what the game says that they hear", LIMIT, async () => {
  const mira = await world.spawn("mira", "place:smithy");
  const bren = await world.spawn("bren", "place:inn");
  const happened: EventSaid[] = [];
  const unsubscribe = await world.subscribe((event) => event.type === "event.said" && happened.push(event));
  await mira.say("player:Steve Smith", "Does anybody have minecraft:bread?", { heard_by: [bren.id] }).whole();
  await runtime.health();
  unsubscribe();
  assert.deepEqual(happened.map(({ heard_by }) => heard_by), [["npc:mira", "npc:bren"], ["player:Steve Smith", "npc:bren"]]);
});

const STEVE = "player:Steve Smith";
const actions = [{ name: "give", args: [["item:minecraft:bread"], [STEVE]], when: "asks for bread" }];

test("what became of a proposed action is remembered, with the reason", LIMIT, async () => {
  const mira = await world.spawn("mira", "place:smithy");
  for (let seed = 0; seed < 20; seed++) {
    const reply = mira.say(STEVE, "May I have some bread?", { actions, seed });
    await reply.whole();
    if (!reply.action) continue;
    assert.deepEqual(reply.action.args, ["item:minecraft:bread", STEVE]);
    const perceived = await reply.result(false, "none are left");
    assert.match(perceived.find(({ npc }) => npc === mira.id)?.text ?? "", /None are left\./);
    await assert.rejects(reply.result(true), { code: "not_found" }, "it is told once");
    return;
  }
  assert.fail("she never proposes it");
});

test("a reply without an action has no result", LIMIT, async () => {
  const mira = await world.spawn("mira");
  const reply = mira.say(STEVE, "Good day, Mira!", { actions });
  await reply.whole();
  assert.equal(reply.action, undefined);
  await assert.rejects(reply.result(false, "none are left"), { code: "not_found", hint: /reply\.action/ });
});

test("a game that ships its places and people itself needs no pack", LIMIT, async () => {
  const mill = await runtime.openWorld("mill", { village: { name: "Millbrook", summary: "A brook and a mill." } });
  await mill.definePlaces({ mill: { name: "the mill", leads_to: ["weir"] }, weir: { name: "the weir", leads_to: ["mill"] } });
  await mill.define({ ada: { name: "Ada", role: "miller", place: "mill", traits: ["curious"], facts: ["You grind rye."] } });
  const places = (await mill.places()).map(({ place }) => place);
  assert.ok(places.includes("place:mill") && places.includes("place:weir"));
  const ada = await mill.spawn("ada");
  assert.equal(ada.info.at, "place:mill");
  assert.ok((await ada.say(ALEX, "Good day! What do you grind?").whole())?.text);
  await mill.close();
});

test("what another session has characters say comes sentence by sentence to whoever wants it", LIMIT, async () => {
  await world.spawn("mira");
  const other = await connect({ dataDir: daemon.dataDir, start: false, name: "screen" });
  try {
    const screen = await other.openWorld("save-1");
    const captions: string[] = [];
    const rest: string[] = [];
    await screen.subscribe((event) => rest.push(event.type));
    await screen.subscribe((event) => event.type === "event.speaking" && captions.push(event.text), { speech: true });
    const end = await world.say(ALEX, "What do you sell?", { to: "mira" }).whole();
    await other.health();
    assert.equal(captions.join(" "), end?.text);
    assert.ok(rest.length > 0 && !rest.includes("event.speaking"));
  } finally {
    await other.close();
  }
});

test("the whole reply can be awaited, and why it was said", LIMIT, async () => {
  const mira = await world.spawn("mira");
  const reply = mira.say(ALEX, "Any news?", { stream: "end" });
  const end = await reply.whole();
  assert.ok(end?.text);
  assert.equal((await reply.why()).reply, end.reply);
});

test("whoever leaves the loop has heard only what was complete", LIMIT, async () => {
  const mira = await world.spawn("mira");
  const count = async (): Promise<number> => (await world.memories("npc:mira")).filter((m) => m.how === "said").length;
  const before = await count();
  for await (const part of mira.say(ALEX, "Good day, Mira!")) if (part.type === "reply.sentence") break;
  assert.equal(await count(), before);
});

test("an aborted signal walks away: the iteration goes to its end", LIMIT, async () => {
  const mira = await world.spawn("mira");
  const walk = new AbortController();
  const kinds: string[] = [];
  for await (const part of mira.say(ALEX, "What did you do today?", { signal: walk.signal })) {
    kinds.push(part.type);
    walk.abort();
  }
  assert.deepEqual(kinds, ["reply.start", "reply.end"]);
});

test("an error says what is wrong and what would be right", LIMIT, async () => {
  await assert.rejects(world.spawn("mria"), (error) => {
    assert.ok(isNpcError(error, "not_found"));
    assert.equal(error.detail["kind"], "persona");
    assert.match(error.hint, /mira/);
    assert.match(`${error}`, /mira/); // a log that has the hint, too, is worth more
    return true;
  });
  const reply = world.say(ALEX, "Hello?", { to: "npc:nobody" });
  await assert.rejects(reply.whole(), { code: "not_found" });
});

test("a wrong value is refused, and a mistyped field is told of", LIMIT, async () => {
  await assert.rejects(world.request("world.advance", { by: "soon" }), (error) => isNpcError(error, "invalid"));
  const mistyped = { entity: ALEX, to: "place:smithy", nmae: "Alex" };
  await world.request("entity.move", mistyped);
  assert.match(troubles.pop() ?? "", /did you mean name/);
});

test("what is true, what happened, the time, and saves", LIMIT, async () => {
  await world.set("closed", true, { scope: "place:smithy", text: "The smithy is closed." });
  assert.equal((await world.facts("place:smithy", "closed"))[0]?.value, true);
  const mira = await world.spawn("mira", "place:smithy");
  const perceived = await world.event("A wolf howled.", { at: "place:smithy" });
  assert.ok(perceived.some(({ npc }) => npc === "npc:mira"));
  await world.save("slot 1");
  const { at } = await world.advance("2h");
  const restored = await world.restore("slot 1");
  assert.equal(at - restored.at, 7200);
  assert.deepEqual((await world.saves()).map(({ save }) => save), ["slot 1"]);
  assert.ok((await world.places()).length > 1);
  assert.ok((await world.personas()).includes("npc:tom"));
  await mira.adjust(ALEX, "Alex brought you bread.", { affinity: 0.5 });
  assert.equal((await mira.relations(ALEX))[0]?.reasons.at(-1)?.text, "Alex brought you bread.");
});

test("events can be iterated over", LIMIT, async () => {
  await world.spawn("mira", "place:smithy");
  setTimeout(() => void world.event("A bell rang.", { at: "place:smithy" }), 300);
  for await (const event of world.events({ signal: AbortSignal.timeout(20_000) })) {
    if (event.type === "event.happened") {
      assert.equal(event.what, "A bell rang.");
      return;
    }
  }
  assert.fail("the event did not come");
});

test("a quarrel goes turn by turn to its end, and a player steps in", LIMIT, async () => {
  await world.spawn("mira", "place:smithy");
  await world.spawn("tom", "place:smithy");
  await world.move(ALEX, "place:smithy", { name: "Alex" });
  const quarrel = await world.argue(["mira", "tom"], "the stolen hammer", { limits: { turns: 6 } });
  let turns = 0;
  for await (const turn of quarrel.turns()) {
    assert.ok(["npc:mira", "npc:tom"].includes(turn.speaker));
    if (++turns === 2) assert.equal((await quarrel.intervene(ALEX, "Calm down, you two.")).kind, "calm");
  }
  assert.ok(turns > 1);
  assert.equal(quarrel.settled?.unheard, 0);
  assert.ok(quarrel.settled.outcome.text);
});

test("what a party agrees to is what the game named for it", LIMIT, async () => {
  await world.spawn("mira", "place:smithy");
  await world.spawn("tom", "place:smithy");
  const amends = { name: "give", args: ["item:hammer", "npc:mira"] };
  const evidence = ["Bren saw Tom with it", "it lies under Tom's bed", "Tom's dog carried it"];
  const parties = [{ npc: "mira", grievance: "Tom stole your hammer", demand: "give it back", evidence, amends }];
  for (let seed = 0; seed < 12; seed++) {
    const agreed = (await (await world.argue(["mira", "tom"], "the stolen hammer", { parties, seed })).end())?.agreed;
    if (agreed?.by !== "npc:tom") continue;
    assert.equal(agreed.to, "npc:mira");
    assert.equal(agreed.demand, "give it back");
    assert.deepEqual(agreed.action, amends);
    return;
  }
  assert.fail("Tom never gives in");
});

test("a quarrel that is stopped is a stalemate; one that is left breaks off and is resumed", LIMIT, async () => {
  const quarrel = await world.argue(["mira", "tom"], "the broken cart");
  for await (const part of quarrel) if (part.type === "scene.turn") break;
  const [left] = await world.arguments();
  assert.equal(left?.argument, quarrel.id);
  const resumed = await world.resume(quarrel.id);
  await resumed.stop();
  assert.equal((await resumed.end())?.cause, "stopped");
});

test("a question over the lore, a creature, a journal and gossip", LIMIT, async () => {
  const lore = world.lore("What do you know of the bridge?", { player: ALEX });
  await lore.whole();
  assert.ok(lore.end?.text ?? lore.none);
  const creature = await world.creature({ species: "goblin", seed: 7, at: "place:smithy", source: "rules" });
  assert.ok((await world.npcs()).some(({ id }) => id === creature.id));
  await creature.despawn();
  assert.ok(!(await world.npcs()).some(({ id }) => id === creature.id));
  const mira = await world.spawn("mira", "place:smithy");
  await mira.teach("The old well is dry.");
  assert.ok((await world.gossip("the well")).some(({ npc }) => npc === "npc:mira"));
  assert.ok(Array.isArray(await world.journal(ALEX)));
});

test("characters talk among themselves", LIMIT, async () => {
  const encounter = await world.encounter({ between: ["mira", "tom"], limits: { turns: 2 } });
  const ended = await encounter.end();
  assert.equal(ended?.encounter, encounter.id);
});

test("nothing went wrong unseen", () => {
  assert.deepEqual(troubles, []);
});
