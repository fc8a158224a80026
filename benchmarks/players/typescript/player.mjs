// A game of the client for Node.js that does what lines of JSON tell it: `benchmarks/clients.py` says which.
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { connect, isNpcError } from "../../../bindings/typescript/dist/src/index.js";

const ALEX = "player:alex";
let runtime;
let world;
let npcs = {};
let counts;
/** What is counted while all talk at once. */
let talk;

const game = {
  async connect({ data_dir: dataDir, endpoint, token, world: name, pack, npcs: names, place }) {
    counts = { begun: 0, answered: 0, failed: {}, npcs: [], happened: 0, resumed: [] };
    const { resumed } = counts;
    runtime = await connect({ dataDir, endpoint, token, start: false, name: "player" });
    runtime.on("restored", ({ sameDaemon, troubles }) => {
      resumed.push({ at: Date.now() / 1000, restarted: !sameDaemon, troubles: troubles.map(String) });
    });
    world = await runtime.openWorld(name, { pack });
    npcs = Object.fromEntries(await Promise.all(names.map(async (npc) => [npc, await world.spawn(npc, place)])));
    await world.subscribe(() => {
      counts.happened++;
      if (talk) talk.happened++;
    });
  },

  say({ npc, text }) {
    begin(npcs[npc].say(ALEX, text, { name: "Alex" }).whole());
  },

  argue({ between, about, turns }) {
    begin((async () => (await world.argue(between, about, { limits: { turns } })).end())());
  },

  ask() {
    begin((async () => (counts.npcs = (await world.npcs()).map(({ id }) => id).sort()))());
  },

  report({ collect }) {
    if (collect) globalThis.gc();
    const heap = collect ? process.memoryUsage().heapUsed : null;
    return { ...counts, pending: runtime?.pending ?? 0, heap };
  },

  async talk({ npcs: names, seconds, tick_ms: tickMs }) {
    talk = { inside_us: [], deltas: 0, sentences: 0, ends: 0, happened: 0 };
    const now = talk;
    for (const name of names) void chatter(npcs[name], now);
    let next = performance.now();
    const ends = next + 1000 * seconds;
    let { active } = performance.eventLoopUtilization();
    while (performance.now() < ends) {
      next += tickMs;
      await delay(Math.max(0, next - performance.now()));
      const before = active;
      ({ active } = performance.eventLoopUtilization());
      now.inside_us.push(1000 * (active - before));
    }
    talk = undefined;
    return now;
  },

  async leave() {
    await runtime.close();
    runtime = undefined;
  },
};

async function chatter(npc, counted) {
  while (talk === counted) {
    for await (const part of npc.say(ALEX, "What do you sell?", { stream: "delta" })) {
      if (part.type === "reply.delta") counted.deltas++;
      else if (part.type === "reply.sentence") counted.sentences++;
    }
    counted.ends++;
  }
}

function begin(work) {
  const { failed } = counts;
  const mine = counts;
  counts.begun++;
  work.then(
    () => mine.answered++,
    (error) => {
      const code = isNpcError(error) ? error.code : "untyped";
      if (code === "untyped") console.error(error);
      failed[code] = (failed[code] ?? 0) + 1;
    },
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const { do: what, ...told } = JSON.parse(line);
    answer = (await game[what](told)) ?? { ok: true };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit();
