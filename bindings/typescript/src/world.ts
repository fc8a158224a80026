import { NpcRuntimeError } from "./errors.js";
import type { Answer, Fields } from "./exchange.js";
import type {
  ArgumentInfo,
  EntityId,
  Event,
  Exchanges,
  FactInfo,
  GossipInfo,
  JournalNote,
  MemoryForgotten,
  MemoryInfo,
  NpcDefine,
  PerceivedInfo,
  PlaceDefine,
  PlaceInfo,
  RelationInfo,
  RequestType,
  SaveCreated,
  SaveInfo,
  SaveName,
  SaveRestored,
  WorldId,
  WorldOpened,
  WorldTime,
} from "./messages.js";
import { Npc } from "./npc.js";
import { type Page, paged } from "./paged.js";
import { Queue } from "./queue.js";
import type { EventListener, Remembered, SubscribeOptions } from "./remembered.js";
import type { RequestOptions, Runtime } from "./runtime.js";
import { Encounter, LONGEST_SCENE_MS, Quarrel, SCENE_MS } from "./scene.js";
import { type LoreReply, type Reply, Speech, type SpeechOptions } from "./speech.js";

/** What a reply may take beyond its deadline before it counts as lost. */
const REPLY_MS = 15_000;
/** Requests that change a whole world wait for what was asked before them. */
const WHOLE_WORLD_MS = 60_000;
/** The default of `creature.generate`. */
const CREATURE_SECONDS = 20;
const ARGUE_SECONDS = 120;
const ENCOUNTER_SECONDS = 60;
/** Events that wait for an iteration that does not go on; the oldest go first. */
const EVENTS_KEPT = 4096;

type WorldRequest = { [T in RequestType]: Exchanges[T]["request"] extends { world: string } ? T : never }[RequestType];
/** The fields of a request about a world, less the world. */
export type WorldFields<T extends WorldRequest, Given extends string = never> = Omit<Fields<T>, "world" | Given>;

export type SayOptions = SpeechOptions & Omit<WorldFields<"say">, "from" | "to" | "text">;
export type LoreOptions = SpeechOptions & Omit<WorldFields<"lore.ask">, "question">;
export type ArgueOptions = SpeechOptions & Omit<WorldFields<"argue.start">, "between" | "about">;
export type EncounterOptions = SpeechOptions & WorldFields<"encounter.start">;

/** An open world: who is in it, what they say, what is true, remembered and saved. */
export class World {
  readonly runtime: Runtime;
  readonly id: WorldId;
  /** What the daemon said when it was opened: places, personas, the game time, and whether it can be kept. */
  readonly opened: WorldOpened;
  readonly #remembered: Remembered;

  /** For `Runtime.openWorld`. */
  constructor(runtime: Runtime, opened: WorldOpened, remembered: Remembered) {
    this.runtime = runtime;
    this.id = opened.world;
    this.opened = opened;
    this.#remembered = remembered;
  }

  /** Makes any request about this world. Throws what the daemon answers instead. */
  request<T extends WorldRequest>(type: T, fields: WorldFields<T>, options?: RequestOptions): Promise<Answer<T>> {
    return this.runtime.request(type, this.#fields(type, fields), options);
  }

  /** Closes the world: what is said in it is cancelled, and its file is let go of. */
  async close(): Promise<void> {
    await this.request("world.close", {}, { timeoutMs: WHOLE_WORLD_MS });
    this.runtime.forget(this.id);
  }

  // ------------------------------------------------------------------------------------------------ who is where

  /** Makes places, by id, beside those that there are or in their stead: `{ mill: { name: "the mill" } }`. */
  async definePlaces(places: PlaceDefine["places"]): Promise<void> {
    await this.request("place.define", { places });
  }

  /** Makes characters who can be spawned then, or changes them, by id; those who know each other in one call. */
  async define(personas: NpcDefine["personas"]): Promise<void> {
    await this.request("npc.define", { personas });
  }

  /** Brings a character to life, or moves it; without `at` it is where it was, or where its persona says. */
  async spawn(npc: EntityId, at?: EntityId): Promise<Npc> {
    const spawned = await this.request("npc.spawn", { npc, at });
    this.#remembered.npcs.add(spawned.npc.npc);
    return new Npc(this, spawned.npc);
  }

  /** Takes a character out of the world. */
  async despawn(npc: EntityId): Promise<void> {
    await this.request("npc.despawn", { npc });
    this.#remembered.npcs.delete(npc.startsWith("npc:") ? npc : `npc:${npc}`);
  }

  /** Makes a creature that nobody wrote, and brings it to life. */
  async creature(fields: Omit<WorldFields<"creature.generate">, "spawn"> = {}, options?: RequestOptions): Promise<Npc> {
    const timeoutMs = (fields.deadline ?? CREATURE_SECONDS) * 1000 + REPLY_MS;
    const born = await this.request("creature.generate", fields, { timeoutMs, ...options });
    if (!born.spawned) throw new NpcRuntimeError("internal", "the creature was not brought to life");
    this.#remembered.npcs.add(born.spawned.npc);
    return new Npc(this, born.spawned, born);
  }

  /** Who lives here. */
  async npcs(): Promise<Npc[]> {
    const found = await this.#all("npc.list", (after) => ({ after }), (page) => page.npcs);
    return found.map((info) => new Npc(this, info));
  }

  /** Who can be brought to life. */
  personas(): Promise<EntityId[]> {
    return this.#all("persona.list", (after) => ({ after }), (page) => page.personas);
  }

  /** The places of the pack, and where each leads to. */
  places(): Promise<PlaceInfo[]> {
    return this.#all("place.list", (after) => ({ after }), (page) => page.places);
  }

  /** Says where a player or a character is now; `name` is how characters call a player. */
  async move(entity: EntityId, to: EntityId, options: { name?: string } = {}): Promise<void> {
    await this.request("entity.move", { entity, to, ...options });
  }

  // --------------------------------------------------------------------------------------- what is true and happens

  /** Says what is true of the world, a place or an entity; null takes a fact out. `text` says it in words. */
  async set(
    name: string,
    value: FactInfo["value"] | null,
    options: Omit<WorldFields<"world.set">, "name" | "value"> = {},
  ): Promise<void> {
    await this.request("world.set", { name, value, ...options });
  }

  /** What is true of something (`world`, if it is not said): one fact, or all. */
  facts(scope?: EntityId, name?: string): Promise<FactInfo[]> {
    return this.#all("world.get", (after) => ({ scope, name, after }), (page) => page.facts);
  }

  /** Something happened: `Tom stole the hammer.` Gives what each character has of it. */
  async event(what: string, options: Omit<WorldFields<"world.event">, "what"> = {}): Promise<PerceivedInfo[]> {
    return (await this.request("world.event", { what, ...options })).perceived;
  }

  /** Sets the game clock forward, by `2d`, `3h 30m` or seconds; by 0 only asks for the time. */
  advance(by: string | number): Promise<WorldTime> {
    return this.request("world.advance", { by });
  }

  /** Sets the game clock forward to a game time, in seconds. */
  advanceTo(to: number): Promise<WorldTime> {
    return this.request("world.advance", { to });
  }

  /** Calls the listener with whatever happens here, until the function that this gives is called. */
  async subscribe(listener: EventListener, { speech = false }: SubscribeOptions = {}): Promise<() => void> {
    const { subscriptions } = this.#remembered;
    const subscription = { listener, speech };
    const known = subscriptions.size > 0 && (this.#remembered.speech || !speech);
    subscriptions.add(subscription);
    try {
      if (!known) await this.request("subscribe", { speech: this.#remembered.speech });
    } catch (error) {
      subscriptions.delete(subscription);
      throw error;
    }
    return () => {
      if (!subscriptions.delete(subscription) || subscriptions.size > 0) return;
      this.runtime.post("unsubscribe", { world: this.id });
    };
  }

  /** Iterates over whatever happens here, from the first step on, until the loop is left or the signal is aborted. */
  async *events(options: SubscribeOptions & { signal?: AbortSignal } = {}): AsyncGenerator<Event, void, undefined> {
    const { signal } = options;
    const queue = new Queue<Event>(EVENTS_KEPT);
    const stop = (): void => queue.end();
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
    const unsubscribe = await this.subscribe((event) => queue.push(event), options);
    try {
      for (let event = await queue.next(); event; event = await queue.next()) yield event;
    } finally {
      unsubscribe();
      signal?.removeEventListener("abort", stop);
    }
  }

  // ------------------------------------------------------------------------------------------------------------ talk

  /** Somebody says a line: to one character, or to all who are there, of whom one answers, or nobody. */
  say(speaker: EntityId, text: string, options: SayOptions & { to?: EntityId } = {}): Reply {
    const { signal, ack, ...fields } = options;
    const timeoutMs = (fields.deadline ?? this.runtime.welcome.deadline) * 1000 + REPLY_MS;
    const exchange = this.runtime.exchange("say", { world: this.id, from: speaker, text, ...fields }, timeoutMs);
    return new Speech(this.runtime, this.id, exchange, { signal, ack });
  }

  /** Asks over the lore of the village; whoever may know it and is nearest answers, or `npc`. */
  lore(question: string, options: LoreOptions = {}): LoreReply {
    const { signal, ack, ...fields } = options;
    const timeoutMs = (fields.deadline ?? this.runtime.welcome.deadline) * 1000 + REPLY_MS;
    const exchange = this.runtime.exchange("lore.ask", { world: this.id, question, ...fields }, timeoutMs);
    return new Speech(this.runtime, this.id, exchange, { signal, ack });
  }

  /** Has characters who are at one place argue. */
  async argue(between: readonly EntityId[], about = "", options: ArgueOptions = {}): Promise<Quarrel> {
    const { signal, ack, ...fields } = options;
    const timeoutMs = (fields.limits?.seconds ?? ARGUE_SECONDS) * 1000 + SCENE_MS;
    const start = { world: this.id, between: [...between], about, ...fields };
    const exchange = this.runtime.exchange("argue.start", start, timeoutMs);
    const started = await exchange.next();
    if (started?.type !== "argue.started") throw unexpected("argue.start", started);
    const { priority, heard_by, stream } = fields;
    const resume = { world: this.id, priority, heard_by, stream };
    return new Quarrel(this.runtime, exchange, started, { start, resume }, { signal, ack });
  }

  /** Takes up an argument that broke off, or that a save brought along. */
  async resume(argument: string, options: SpeechOptions & WorldFields<"argue.resume", "argument"> = {}): Promise<Quarrel> {
    const { signal, ack, ...fields } = options;
    const resume = { world: this.id, ...fields };
    const exchange = this.runtime.exchange("argue.resume", { ...resume, argument }, LONGEST_SCENE_MS + SCENE_MS);
    const started = await exchange.next();
    if (started?.type !== "argue.started") throw unexpected("argue.resume", started);
    return new Quarrel(this.runtime, exchange, started, { resume }, { signal, ack });
  }

  /** The arguments that are not settled: going on, or to be resumed. */
  arguments(): Promise<ArgumentInfo[]> {
    return this.#all("argue.list", (after) => ({ after }), (page) => page.arguments);
  }

  /** Has characters who are at one place talk among themselves. */
  async encounter(options: EncounterOptions): Promise<Encounter> {
    const { signal, ack, ...fields } = options;
    const timeoutMs = (fields.limits?.seconds ?? ENCOUNTER_SECONDS) * 1000 + SCENE_MS;
    const exchange = this.runtime.exchange("encounter.start", { world: this.id, ...fields }, timeoutMs);
    const started = await exchange.next();
    if (started?.type !== "encounter.started") throw unexpected("encounter.start", started);
    return new Encounter(this.runtime, exchange, started, { signal, ack });
  }

  /** Nobody of these, or at this place, or at all, chats for a while: for a scripted scene. */
  async hush(fields: WorldFields<"talk.hush"> = {}): Promise<void> {
    await this.request("talk.hush", fields);
  }

  /** Sets what encounters may cost here. */
  async talkBudget(fields: WorldFields<"talk.budget">): Promise<void> {
    await this.request("talk.budget", fields);
  }

  // ------------------------------------------------------------------------------------------------ what is remembered

  /** How a character stands to somebody, or to everybody it has met. */
  relations(npc: EntityId, toward?: EntityId): Promise<RelationInfo[]> {
    return this.#all("relation.get", (after) => ({ npc, toward, after }), (page) => page.relations);
  }

  /** What a player has learned, oldest first. */
  journal(player: EntityId, fields: Pick<WorldFields<"journal.list">, "about" | "npc"> = {}): Promise<JournalNote[]> {
    return this.#all("journal.list", (after) => ({ player, limit: 100, ...fields, after }), (page) => page.notes);
  }

  /** Who knows of a matter, and from whom. */
  gossip(about: string, npc?: EntityId): Promise<GossipInfo[]> {
    return this.#all("gossip.trace", (after) => ({ about, npc, after }), (page) => page.known);
  }

  /** All memories, by id: of one character, or of all. */
  memories(npc?: EntityId): Promise<MemoryInfo[]> {
    return this.#all("memory.export", (after) => ({ npc, after }), (page) => page.memories);
  }

  /** Deletes a player for good, in all saves too. It takes a while in a large world. */
  forgetPlayer(player: EntityId): Promise<MemoryForgotten> {
    return this.request("memory.forget", { player }, { timeoutMs: 2 * WHOLE_WORLD_MS });
  }

  // ----------------------------------------------------------------------------------------------------------- saves

  /** Saves the world under the name of the game's slot, in place of what that held. */
  save(save: SaveName): Promise<SaveCreated> {
    return this.request("save.create", { save }, { timeoutMs: WHOLE_WORLD_MS });
  }

  /** Takes the world back to a save: what happened since is abandoned. */
  restore(save: SaveName): Promise<SaveRestored> {
    return this.request("save.restore", { save }, { timeoutMs: WHOLE_WORLD_MS });
  }

  /** The saves that there are, in order of making. */
  saves(): Promise<SaveInfo[]> {
    return this.#all("save.list", (after) => ({ after }), (page) => page.saves);
  }

  /** Gives a save a second name. */
  branch(save: SaveName, copy: SaveName): Promise<SaveCreated> {
    return this.request("save.branch", { save, copy });
  }

  /** Gives a save up. */
  async deleteSave(save: SaveName): Promise<void> {
    await this.request("save.delete", { save });
  }

  // --------------------------------------------------------------------------------------------------------- helpers

  #fields<T extends WorldRequest>(_type: T, fields: WorldFields<T>): Fields<T> {
    return { world: this.id, ...fields } as unknown as Fields<T>; // which TypeScript cannot see through `Omit`
  }

  #all<T extends WorldRequest, Item>(
    type: T,
    fields: (after: Page<Answer<T>>) => WorldFields<T>,
    items: (page: Answer<T>) => readonly Item[],
  ): Promise<Item[]> {
    return paged((after: Page<Answer<T>>) => this.request(type, fields(after)), items);
  }
}

function unexpected(type: string, answer: { type: string } | undefined): NpcRuntimeError {
  return new NpcRuntimeError("internal", `${type} was answered by ${answer?.type ?? "nothing"}`);
}
