import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { EARSHOT, Game } from "./game.js";

const VILLAGERS = [
  { npc: "mira", name: "Mira", right: 3, gives: ["bread", "iron_ingot"] },
  { npc: "tom", name: "Tom", right: 5 },
  { npc: "odile", name: "Odile", right: -EARSHOT - 4 },
];
/** Authors' words alone, and no dice: whoever is asked for something does it. */
const WITHOUT_MODEL = ["--model", "none.gguf", "--embedding", "off"];
/** On two cores with nothing else to do it takes a fifth of that. */
const WARM_MS = 10_000;
const COLD_MS = 40_000;
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

test("a village on a server", { timeout: 240_000 }, async (t) => {
  const game = await Game.start();
  t.after(() => game.end());
  const { server, alex, x, z } = game;
  const together = () => server.player("Mira").position.distanceTo(server.player("Alex").position) < 4;

  await game.open(VILLAGERS, ...WITHOUT_MODEL);

  await t.test("whoever is near answers, and looks at who speaks", async () => {
    await game.ask("Good day, Mira!", ["Mira"]);
    const [mira, me] = [alex.players.Mira.entity, alex.entity.position];
    const toward = Math.atan2(mira.position.x - me.x, mira.position.z - me.z); // as the client counts: 0 is north
    const beside = () => Math.abs(Math.atan2(Math.sin(mira.yaw - toward), Math.cos(mira.yaw - toward)));
    await game.until("Mira looks at Alex", () => beside() < 0.3);
    await game.quiet();
  });

  await t.test("who is in earshot has heard it, and nobody else", async () => {
    await game.ask("Mira, the ferry sank last night.", ["Mira"]);
    await game.until("Tom has heard it", async () => /ferry sank/.test(await game.memories("npc:tom")));
    assert.doesNotMatch(await game.memories("npc:odile"), /ferry sank/);
    await game.quiet();
  });

  await t.test("a villager gives what it has, and says where it has none", async () => {
    await game.request("Mira, could you give me some bread?", "give item:bread player:Alex: there is no bread left");
    assert.ok(game.chat.includes("<Mira> I cannot: there is no bread left."));
    assert.match(await game.memories("npc:mira"), /There is no bread left\./);
    await server.give("Mira", "bread", 2);
    await game.request("Mira, please give me some bread.", "give item:bread player:Alex: done");
    await game.until("Alex has bread", () => alex.inventory.items().some(({ name }) => name === "bread"));
    assert.match(await game.memories("npc:tom"), /Mira did for Alex what was asked: give bread/);
  });

  await t.test("a villager comes along, until it is sent home", async () => {
    await game.request("Mira, follow me, please. Come along with me.", "follow player:Alex: done");
    await game.place("Alex", x, z + 12);
    await game.until("Mira comes", together);
    assert.ok(server.player("Mira").position.z > z + 6);
    await game.ask("!home");
    await game.until("Mira goes", () => !together());
    await game.place("Alex", x, z);
    await game.until("Mira is at home", together);
  });

  await t.test("a player makes peace in a quarrel, by chat", async () => {
    await game.quiet();
    await game.ask("!argue mira tom the stolen hammer");
    await game.ask("Calm down, both of you! Tom, give the hammer back, and Mira will forgive you.");
    const end = await game.until("it ends", () => game.chat.find((line) => line.includes("quarrelled over")));
    assert.match(end, /^<Mira> \(Mira and Tom quarrelled over the stolen hammer; .*Alex stepped in\.\)$/);
    const quarrel = game.chat.slice(game.chat.findIndex((line) => line.includes("!argue")), game.chat.indexOf(end));
    for (const name of ["Mira", "Tom"]) assert.ok(quarrel.some((line) => line.startsWith(`<${name}> `)), `${quarrel}`);
  });

  await t.test("a keeper saves, and loads", async () => {
    await game.quiet();
    assert.match((await game.ask("!save monday")).answer, /\(Saved as monday\.\)/);
    await game.ask("Mira, a wolf ate the miller's goose.", ["Mira"]);
    await game.until("Mira has heard it", async () => /wolf ate/.test(await game.memories("npc:mira")));
    await game.quiet();
    const from = game.chat.length;
    alex.chat("!load monday");
    await game.until("it is loaded", () => game.chat.slice(from).some((line) => line.includes("(Loaded monday: ")));
    assert.doesNotMatch(await game.memories("npc:mira"), /wolf ate/);
    assert.match(await game.memories("npc:mira"), /ferry sank/);
  });

  await t.test("the daemon ends with the village", async () => {
    await game.close();
    assert.equal(game.village.exitCode, 0, game.log);
    await game.until("the daemon has ended", async () => !(await game.daemon()));
    await game.until("the villagers have left", () => server.squid.players.length === 1);
  });

  await t.test("the default model is quick enough, and knows what was said before", async () => {
    await game.open(VILLAGERS);
    await game.ask("Good day, Mira!", ["Mira"]);
    const took = [];
    for (const question of ["Mira, how much is a horseshoe?", "Mira, who taught you to work iron?"]) {
      await game.quiet();
      took.push((await game.ask(question, ["Mira"])).took);
    }
    const { replies } = await game.minds((_, runtime) => runtime.health());
    assert.ok(replies.model > 0, "the model has written nothing");
    t.diagnostic(`from chat to the first sentence, warm: ${took.map(seconds).join(", ")}`);
    assert.ok(Math.min(...took) <= WARM_MS, `${took}`);
    assert.match(await game.memories("npc:mira"), /ferry sank/);
  });

  await t.test("whoever walks away is not talked to any more", async () => {
    await game.until("Alex has walked away", async () => {
      await game.quiet();
      const from = game.chat.length;
      alex.chat("Mira, what do you think of Odile and her inn?");
      await game.until("it is in the chat", () => game.chat.length > from);
      await game.place("Alex", x, z + 2 * EARSHOT);
      await delay(1_000);
      const left = game.chat.length;
      await delay(1_500);
      assert.equal(game.chat.length, left, game.chat.slice(from).join("\n"));
      await game.place("Alex", x, z);
      return game.log.includes("Alex walked away."); // not where the whole answer was a sentence, and quick
    });
  });

  await t.test("a daemon that is killed comes back by itself, and answers what was said meanwhile", async () => {
    await game.quiet();
    const { pid } = await game.daemon();
    process.kill(pid, "SIGKILL");
    const { took } = await game.ask("Mira, how is the work going?", ["Mira"]);
    t.diagnostic(`from chat to the first sentence, with a daemon that is killed at that moment: ${seconds(took)}`);
    assert.ok(took <= COLD_MS, `${took}`);
    assert.notEqual((await game.daemon()).pid, pid);
    assert.match(await game.memories("npc:mira"), /ferry sank/);
  });
});
