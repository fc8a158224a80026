import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import mineflayer from "mineflayer";
import pathfinding from "mineflayer-pathfinder";
import { CHAT_LIMIT, OLD_CHAT_LIMIT } from "./lines.js";
import { Voice } from "./voice.js";

const { goals, Movements, pathfinder } = pathfinding;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 60_000;
const EYES = 1.62;
/** What is tossed from there can be picked up. */
const REACH_BLOCKS = 2;
const REACH_MS = 10_000;

/** Why a body cannot do something: for the daemon, whose characters remember it. */
export class Missing extends Error {}

/**
 * The body of a villager: a player on the server, who comes back when the server throws it out or starts anew.
 *
 * Tells `chat` (username, text) of whatever it hears on the server, and `log` (text).
 */
export class Body extends EventEmitter {
  #bot;
  #here = false;
  #told = "";
  #leaving = new AbortController();

  /** All settings, and one of the villagers in them. */
  constructor({ server, chat, charactersPerSecond }, villager) {
    super();
    this.server = server;
    this.chat = chat;
    this.home = villager.at;
    this.name = villager.name;
    this.account = villager.account;
    this.voice = new Voice((line) => this.#bot.chat(line), charactersPerSecond);
  }

  /** Joins the server, and stays on it until `leave`. Resolves when it is there for the first time. */
  async join() {
    void this.#stay();
    if (!this.#here) await once(this, "here", { signal: this.#leaving.signal });
  }

  leave() {
    this.#leaving.abort();
    this.#bot?.end();
  }

  /** Whether it is on the server. */
  get here() {
    return this.#here;
  }

  // ------------------------------------------------------------------------------------------------ who is where

  /** How many blocks away somebody is; infinitely far where it cannot be seen. */
  distanceTo(username) {
    const entity = this.#seen(username);
    return entity ? entity.position.distanceTo(this.#bot.entity.position) : Infinity;
  }

  /** The names of the players within so many blocks. */
  near(blocks) {
    if (!this.#here) return [];
    return Object.keys(this.#bot.players).filter((name) => name !== this.name && this.distanceTo(name) <= blocks);
  }

  // ---------------------------------------------------------------------------------------------- what it does

  /** Says a text in chat; false where the signal came first, or it is not on the server. */
  async say(text, signal) {
    return this.#here && this.voice.say(text, signal);
  }

  /** Turns its face to somebody. Whoever walks looks where it goes. */
  async lookAt(username) {
    const entity = this.#seen(username);
    if (entity && !this.#bot.pathfinder.isMoving()) await this.#bot.lookAt(entity.position.offset(0, EYES, 0));
  }

  /** Goes along with somebody, until it is told otherwise. Throws where it does not see whom. */
  follow(username) {
    const entity = this.#seen(username);
    if (!entity) throw new Missing(`${username} is out of sight`);
    this.#bot.pathfinder.setGoal(new goals.GoalFollow(entity, REACH_BLOCKS), true);
  }

  /** Whom it follows, if anybody. */
  get follows() {
    const { goal } = this.#bot.pathfinder;
    return this.#here && goal instanceof goals.GoalFollow ? goal.entity.username : undefined;
  }

  goHome() {
    this.#bot.pathfinder.setGoal(new goals.GoalNear(...this.home, 1));
  }

  /** Goes to somebody, tosses one of an item, and goes home. Throws a reason why not, in a few words. */
  async give(item, username) {
    const found = this.#bot.inventory.items().find(({ name }) => name === item);
    if (!found) throw new Missing(`there is no ${item.replaceAll("_", " ")} left`);
    const { follows } = this;
    try {
      await this.#reach(username);
      await this.#bot.lookAt(this.#seen(username).position.offset(0, EYES, 0), true);
      await this.#bot.waitForTicks(2); // it is tossed to where the face is, which the server learns with the next tick
      await this.#bot.toss(found.type, null, 1);
    } finally {
      if (this.#seen(follows)) this.follow(follows);
      else if (this.#here) this.goHome();
    }
  }

  async #reach(username) {
    const entity = this.#seen(username);
    if (!entity) throw new Missing(`${username} is out of sight`);
    const arrives = this.#bot.pathfinder.goto(new goals.GoalFollow(entity, REACH_BLOCKS)).then(() => true, () => false);
    const patience = new AbortController();
    const late = delay(REACH_MS, false, { signal: patience.signal }).catch(() => false);
    const arrived = await Promise.race([arrives, late]);
    patience.abort();
    if (!arrived || !this.#seen(username)) throw new Missing(`there is no way to ${username}`);
  }

  // --------------------------------------------------------------------------------------------- to be there

  #seen(username) {
    return this.#here ? this.#bot.players[username]?.entity : undefined;
  }

  async #stay() {
    const { signal } = this.#leaving;
    for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      if (await this.#live()) wait = FIRST_WAIT_MS;
      this.#here = false;
      await delay(wait, undefined, { signal }).catch(() => {});
    }
  }

  /** A life on the server, until the connection ends; false where it never came to be. */
  async #live() {
    const { host, port, version, auth } = this.server;
    const username = this.account ?? this.name;
    const bot = mineflayer.createBot({ host, port, version, auth, username, viewDistance: "tiny", hideErrors: true });
    this.#bot = bot;
    bot.loadPlugin(pathfinder);
    bot.on("kicked", (reason) => this.#complain(`The server threw ${this.name} out: ${JSON.stringify(reason)}`));
    bot.on("messagestr", (line) => {
      const found = this.chat.exec(line);
      if (found) this.emit("chat", found[1], found[2]);
    });
    bot.on("spawn", () => this.#arrive(bot)); // also when it has died
    let lived = false;
    bot.once("spawn", () => (lived = true));
    await new Promise((over) => {
      bot.once("end", over);
      bot.on("error", (error) => {
        this.#complain(`${this.name} at ${host}:${port}: ${error.message || error.code}. It is tried again.`);
        if (!lived) over(); // there is no end of what never began
      });
    });
    bot.end();
    return lived;
  }

  /** Says what is wrong, once, however often it is tried. */
  #complain(text) {
    if (text !== this.#told) this.emit("log", text);
    this.#told = text;
  }

  #arrive(bot) {
    this.#told = "";
    this.voice.limit = bot.supportFeature("lessCharsInChat") ? OLD_CHAT_LIMIT : CHAT_LIMIT;
    this.name = bot.username;
    const movements = new Movements(bot);
    movements.canDig = false; // it is a guest: it breaks nothing, and builds nothing
    movements.allow1by1towers = false;
    movements.scafoldingBlocks = [];
    bot.pathfinder.setMovements(movements);
    this.goHome();
    this.#here = true;
    this.emit("here");
  }
}
