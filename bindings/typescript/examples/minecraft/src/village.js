import { connect, isNpcError } from "npc-runtime";
import { carryOut, offers } from "./actions.js";
import { Body, Missing } from "./body.js";
import { command, COMMANDS } from "./commands.js";
import { hasWords } from "./lines.js";

const LOOK_MS = 100;
const MEET_MS = 500;

/** A character of the daemon's, with a body on the server. */
class Villager {
  constructor({ npc, gives }, body) {
    this.npc = npc;
    this.id = `npc:${npc}`;
    this.gives = gives;
    this.body = body;
    this.mind = undefined;
    this.met = [];
  }

  /** Who comes near may speak: the daemon prepares for it. */
  meet(near, isVillager) {
    const players = near.filter((name) => !isVillager(name));
    for (const name of players) if (!this.met.includes(name)) void this.mind?.near(player(name), { name });
    this.met = this.mind ? players : [];
  }
}

const player = (username) => `player:${username}`;

/** Villagers on a Minecraft server: they hear who is near, answer in chat, and do what they agree to. */
export class Village {
  /** Opens once the daemon is there; what is said before that waits. */
  #opened;
  #closing;
  #meeting;

  constructor(settings, log = console.log) {
    this.settings = settings;
    this.log = log;
    this.villagers = settings.villagers.map((villager) => new Villager(villager, new Body(settings, villager)));
  }

  /** The villagers join while the daemon starts: its model takes some seconds to load. */
  async open() {
    this.#opened = this.#awake();
    await Promise.all([this.#opened, this.#join()]);
    const isVillager = (name) => this.#isVillager(name);
    const meet = () => this.villagers.forEach((each) => each.meet(each.body.near(this.settings.earshot), isVillager));
    this.#meeting = setInterval(meet, MEET_MS);
  }

  /** The villagers leave, and the daemon ends. */
  close() {
    clearInterval(this.#meeting);
    for (const { body } of this.villagers) body.leave();
    this.#closing ??= this.runtime?.close() ?? Promise.resolve();
    return this.#closing;
  }

  async #awake() {
    const { daemon, world, pack } = this.settings;
    this.runtime = await connect({ ...daemon, name: "minecraft" });
    this.runtime.on("lost", (why) => this.log(`The daemon is gone, and is started again: ${why.message}`));
    this.runtime.on("restored", ({ troubles }) => this.log(["The daemon is back.", ...troubles].join("\n")));
    this.runtime.on("trouble", (error) => this.log(`${error}`));
    this.world = await this.runtime.openWorld(world, { pack });
    await Promise.all(this.villagers.map(async (each) => (each.mind = await this.world.spawn(each.npc))));
    this.log(`The minds of ${this.villagers.map(({ npc }) => npc).join(", ")} are awake.`);
  }

  /** One after the other: servers take many who come at once from one address for an attack. */
  async #join() {
    for (const { body } of this.villagers) {
      body.on("log", (text) => this.log(text));
      body.on("chat", (username, text) => {
        // Every body hears all of the chat: one of them is enough.
        if (body !== this.villagers.find((villager) => villager.body.here)?.body) return;
        if (!this.#isVillager(username)) void this.#hear(username, text);
      });
      await body.join();
      this.log(`${body.name} is on the server.`);
    }
  }

  // ------------------------------------------------------------------------------------------------ who is who

  #isVillager(username) {
    return this.villagers.some(({ body }) => body.name === username);
  }

  /** Whom a player means: by the name on the server or the one in the pack. */
  called(who) {
    const name = who.toLowerCase();
    return this.villagers.find(({ npc, body }) => npc === name || body.name.toLowerCase() === name);
  }

  #near(username) {
    const near = this.villagers.filter(({ body }) => body.distanceTo(username) <= this.settings.earshot);
    return near.sort((a, b) => a.body.distanceTo(username) - b.body.distanceTo(username));
  }

  /** The ids of all who are in earshot of a villager, that one left out. */
  #earshot({ body }) {
    return body.near(this.settings.earshot).map((name) => {
      const villager = this.villagers.find((other) => other.body.name === name);
      return villager?.id ?? player(name);
    });
  }

  // ------------------------------------------------------------------------------------------------------ talk

  async #hear(username, text) {
    const near = this.#near(username);
    try {
      await this.#opened;
      const typed = command(text);
      if (typed) this.#tell(username, await COMMANDS[typed.name](this, username, typed.words));
      else if (near.length > 0 && hasWords(text)) await this.#answer(username, text, near);
    } catch (error) {
      if (this.#closing || isNpcError(error, "cancelled")) return; // a save was loaded meanwhile, or the village closed
      this.log(`${username} said "${text}": ${error}`);
      if (text.startsWith("!")) this.#tell(username, error.message);
    }
  }

  /** Whoever is near says it; a bot has no other way to tell a player something. */
  #tell(username, text) {
    const teller = this.#near(username)[0] ?? this.villagers[0];
    if (text) void teller.body.say(`(${text})`);
  }

  /** The villagers near a player hear a line; one of them answers, unless the player walks away. */
  async #answer(username, text, near) {
    for (const { body } of near) void body.lookAt(username);
    const others = this.#earshot(near[0]).filter((id) => id !== player(username));
    const alone = near.length === 1 && others.length === 0;
    const line = {
      to: alone ? near[0].id : undefined, // else the daemon finds out who is meant, or that nobody is
      name: username,
      heard_by: [...new Set([...near.map(({ id }) => id), ...others])],
      actions: offers(near, player(username)),
    };
    if (await this.#converse(username, text, line, near)) return;
    await this.#converse(username, text, line, near); // the daemon went away before it had answered
  }

  /** Says a line to the daemon, and plays what comes of it. False: the daemon went away, and nothing came. */
  async #converse(username, text, line, near) {
    let listeners = near;
    const walkedAway = new AbortController();
    const { signal } = walkedAway;
    const watch = setInterval(() => {
      if (!listeners.some(({ body }) => body.distanceTo(username) <= this.settings.earshot)) walkedAway.abort();
    }, LOOK_MS);
    const reply = this.world.say(player(username), text, { ...line, signal });
    try {
      for await (const part of reply) {
        if (part.type === "reply.start") {
          listeners = this.villagers.filter(({ id }) => id === part.npc);
          void listeners[0].body.lookAt(username);
        } else if (part.type === "reply.sentence") {
          if (!(await listeners[0].body.say(part.text, signal))) reply.cancel();
        }
      }
    } catch (error) {
      if (reply.start || !isNpcError(error, "no_session")) throw error;
      return false;
    } finally {
      clearInterval(watch);
    }
    if (signal.aborted) this.log(`${username} walked away.`);
    else if (reply.action) await this.#act(listeners[0], reply, username);
    return true;
  }

  /** Does what was proposed, and says what became of it: all who heard the reply remember that. */
  async #act(villager, reply, username) {
    let reason;
    try {
      await carryOut(villager, reply.action, username);
    } catch (error) {
      if (!(error instanceof Missing)) this.log(`${villager.body.name}: ${error.stack}`);
      reason = error instanceof Missing ? error.message : "something was in the way";
      void villager.body.say(`I cannot: ${reason}.`);
    }
    await reply.result(!reason, reason);
    this.log(`${villager.body.name}: ${reply.action.name} ${reply.action.args.join(" ")}: ${reason ?? "done"}`);
  }

  // -------------------------------------------------------------------------------------------------- quarrels

  /** Two villagers quarrel in chat; what players near them say meanwhile is stepping in, which the daemon sees to. */
  async argue(parties, topic, username) {
    const [first, second] = parties;
    const { earshot } = this.settings;
    const apart = () => first.body.distanceTo(second.body.name) > earshot;
    if (first.body.distanceTo(username) > earshot) throw new Error(`${first.body.name} is too far away.`);
    if (apart()) throw new Error(`${first.body.name} and ${second.body.name} do not hear each other.`);
    const between = parties.map(({ id }) => id);
    const heardBy = this.#earshot(first).filter((id) => !between.includes(id));
    const quarrel = await this.world.argue(between, topic, { heard_by: heardBy });
    const watch = setInterval(() => apart() && quarrel.cancel(), LOOK_MS);
    try {
      let speaker;
      for await (const part of quarrel) {
        if (part.type === "scene.turn") {
          const listener = this.villagers.find(({ id }) => id === part.to);
          speaker = this.villagers.find(({ id }) => id === part.npc).body;
          void speaker.lookAt(listener.body.name);
          void listener.body.lookAt(speaker.name);
        } else if (part.type === "reply.sentence") await speaker.say(part.text);
        else if (part.type === "reply.end") await speaker.voice.read(); // players need the time to step in
      }
    } finally {
      clearInterval(watch);
    }
    if (quarrel.settled) await first.body.say(`(${quarrel.settled.outcome.text})`);
  }
}
