import { isNpcError, NpcRuntimeError } from "./errors.js";
import type { Exchange, Fields } from "./exchange.js";
import type {
  ArgueEscalated,
  ArgueIntervened,
  ArgueSettled,
  ArgueStarted,
  EncounterEnded,
  EncounterStarted,
  EntityId,
  OutcomeInfo,
  PerceivedInfo,
  ReplyAction,
  ReplyDelta,
  ReplyEnd,
  ReplySentence,
  ReplyStart,
  SceneTurn,
  WorldId,
} from "./messages.js";
import type { Runtime } from "./runtime.js";
import type { SpeechOptions } from "./speech.js";

type LinePart = SceneTurn | ReplyStart | ReplyDelta | ReplySentence | ReplyAction | ReplyEnd;
/** What comes of an argument: tell the kinds apart by `type`. */
export type QuarrelPart = ArgueStarted | ArgueEscalated | ArgueIntervened | LinePart | ArgueSettled;
/** What comes of an encounter. */
export type EncounterPart = EncounterStarted | LinePart | EncounterEnded;

/** What is added to the length of a scene, for the silence after which it counts as lost. */
export const SCENE_MS = 60_000;
/** The longest that an argument may take, for one that is resumed, whose limits this client does not know. */
export const LONGEST_SCENE_MS = 3_600_000;

/** A line of a scene, when it is complete. */
export interface Turn {
  /** 1 for the first. */
  readonly number: number;
  readonly speaker: EntityId;
  readonly to: EntityId;
  readonly text: string;
  readonly emotion: ReplyEnd["emotion"];
  /** What the turn does: `accuse`, `cite`, `greet`, ... */
  readonly move: string;
  /** Of the speaker: 0 calm to 3 furious. */
  readonly heat: number;
  readonly source: ReplyEnd["source"];
  /** `cancelled`: it broke off. */
  readonly finish: ReplyEnd["finish"];
  readonly reply: string;
}

/**
 * Characters talk among themselves: iterate over its parts, or over its `turns()`, or await its `end()`. For one use.
 *
 * A line counts as heard when the loop asks for what follows its end (its turn), and only then does the next one come.
 * Leaving the loop breaks the scene off.
 */
abstract class Scene<P extends QuarrelPart | EncounterPart> implements AsyncIterable<P> {
  protected readonly runtime: Runtime;
  protected readonly world: WorldId;
  #exchange: Exchange<P>;
  #first: P | undefined;
  readonly #ack: boolean;
  readonly #signal: AbortSignal | undefined;
  #reply = "";
  #taken = 0;
  #over = false;
  #away = false;
  #used = false;

  constructor(runtime: Runtime, world: WorldId, exchange: Exchange<P>, first: P, options: SpeechOptions) {
    this.runtime = runtime;
    this.world = world;
    this.#exchange = exchange;
    this.#first = first;
    this.#ack = options.ack ?? true;
    this.#signal = options.signal;
    if (this.#signal?.aborted) this.cancel();
    else this.#signal?.addEventListener("abort", this.cancel, { once: true });
  }

  /** Ends it in order; the iteration goes on to its end, which comes at once. */
  abstract stop(): Promise<void>;

  /** Takes note of a part; true: it is the end. */
  protected abstract note(part: P): boolean;

  /** How to go on after an error, such as in another session, where that is possible. */
  protected abstract again(error: unknown): Exchange<P> | undefined;

  /** Breaks it off: for whoever walks away. */
  readonly cancel = (): void => {
    if (this.#over || this.#away) return;
    this.#away = true;
    if (this.#ack && this.#taken > 0) this.#heard(this.#taken);
    this.runtime.cancel(this.#exchange);
  };

  /** Says that a line was really spoken, as far as its first `upto` sentences. The next turn waits for it. */
  async heard(reply: string, upto?: number): Promise<void> {
    await this.runtime.request("heard", { world: this.world, reply, upto });
  }

  /** Says what became of the action that was proposed with a line; see `Speech.result`. */
  async result(reply: string, done: boolean, reason?: string, what?: string): Promise<PerceivedInfo[]> {
    const told = { world: this.world, reply, done, reason, what };
    return (await this.runtime.request("action.result", told)).perceived;
  }

  /** Line by line, for a game that shows each when it is complete. */
  async *turns(): AsyncGenerator<Turn, void, undefined> {
    let turn: SceneTurn | undefined;
    for await (const part of this as AsyncIterable<QuarrelPart | EncounterPart>) {
      if (part.type === "scene.turn") turn = part;
      else if (part.type === "reply.end" && turn) {
        const { text, emotion, source, finish, reply } = part;
        const { turn: number, npc: speaker, to, move, heat } = turn;
        yield { number, speaker, to, text, emotion, move, heat, source, finish, reply };
      }
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<P, void, undefined> {
    if (this.#used) throw new NpcRuntimeError("invalid", "a scene is iterated over once", "keep the parts of it");
    this.#used = true;
    try {
      for (let part = await this.#next(); part; part = await this.#next()) {
        if (this.note(part)) this.#over = true;
        yield part;
        if (this.#ack && !this.#away) this.#tookIn(part);
      }
    } finally {
      this.cancel();
      this.#signal?.removeEventListener("abort", this.cancel);
    }
  }

  async #next(): Promise<P | undefined> {
    if (this.#first) {
      const first = this.#first;
      this.#first = undefined;
      return first;
    }
    try {
      return await this.#exchange.next();
    } catch (error) {
      const exchange = this.#away ? undefined : this.again(error);
      if (!exchange) {
        this.#over = true;
        if (this.#away && isNpcError(error, "cancelled")) return undefined; // it broke off, as it was asked to
        throw error;
      }
      this.#exchange = exchange;
      this.#taken = 0;
      return this.#next();
    }
  }

  /** One `heard` for a line, when it is over: the daemon goes on to the next turn with the first that it gets. */
  #tookIn(part: QuarrelPart | EncounterPart): void {
    if (part.type === "scene.turn") {
      this.#reply = part.reply;
      this.#taken = 0;
    } else if (part.type === "reply.sentence") {
      this.#taken = part.index + 1;
    } else if (part.type === "reply.end") {
      const whole = part.finish !== "cancelled";
      if (whole || this.#taken > 0) this.#heard(whole ? undefined : this.#taken);
      this.#taken = 0;
    }
  }

  #heard(upto: number | undefined): void {
    this.runtime.post("heard", { world: this.world, reply: this.#reply, upto }, { lasts: true });
  }
}

/** How an argument was asked for: anew, or taken up again. */
export type QuarrelAsked = { start?: Fields<"argue.start">; resume: Omit<Fields<"argue.resume">, "argument"> };

/**
 * An argument that goes on. When the session is lost it is resumed in the next one, or begins anew where nothing of it
 * had been heard. One that broke off can be resumed.
 */
export class Quarrel extends Scene<QuarrelPart> {
  readonly between: readonly EntityId[];
  /** Its end, once it is there: `outcome.agreed` says what the parties want the game to carry out. */
  settled: ArgueSettled | undefined;
  readonly #asked: QuarrelAsked;
  #id: string;
  #resuming = false;

  /** For `World.argue` and `World.resume`. */
  constructor(
    runtime: Runtime,
    exchange: Exchange<QuarrelPart>,
    started: ArgueStarted,
    asked: QuarrelAsked,
    options: SpeechOptions,
  ) {
    super(runtime, started.world, exchange, started, options);
    this.#id = started.argument;
    this.#asked = asked;
    this.between = started.between;
  }

  /** Names it in requests. */
  get id(): string {
    return this.#id;
  }

  /** A player, or a character who is no party, speaks into it; gives how the line was read and taken. */
  intervene(speaker: EntityId, text: string, options: { name?: string } = {}): Promise<ArgueIntervened> {
    const { world, id: argument } = this;
    return this.runtime.request("argue.intervene", { world, argument, from: speaker, text, ...options });
  }

  override async stop(): Promise<void> {
    await this.runtime.request("argue.stop", { world: this.world, argument: this.id });
  }

  /** Takes all of it, each line of which counts as heard; gives how it ended, or undefined where it broke off. */
  async end(): Promise<OutcomeInfo | undefined> {
    for await (const _ of this);
    return this.settled?.outcome;
  }

  protected override note(part: QuarrelPart): boolean {
    if (part.type === "argue.settled") this.settled = part;
    else if (part.type === "argue.started") [this.#id, this.#resuming] = [part.argument, false];
    return part.type === "argue.settled";
  }

  protected override again(error: unknown): Exchange<QuarrelPart> | undefined {
    const { start, resume } = this.#asked;
    if (isNpcError(error, "no_session")) {
      this.#resuming = true;
      return this.runtime.exchange("argue.resume", { ...resume, argument: this.id }, LONGEST_SCENE_MS + SCENE_MS);
    }
    if (!this.#resuming || !start || !isNpcError(error, "not_found")) return undefined;
    this.#resuming = false;
    return this.runtime.exchange("argue.start", start, LONGEST_SCENE_MS + SCENE_MS); // no line of it was heard
  }
}

/** Characters who talk among themselves. */
export class Encounter extends Scene<EncounterPart> {
  /** Names it in requests. */
  readonly id: string;
  readonly between: readonly EntityId[];
  /** Its end, once it is there: with the news that was passed on. */
  ended: EncounterEnded | undefined;

  /** For `World.encounter`. */
  constructor(runtime: Runtime, exchange: Exchange<EncounterPart>, started: EncounterStarted, options: SpeechOptions) {
    super(runtime, started.world, exchange, started, options);
    this.id = started.encounter;
    this.between = started.between;
  }

  override async stop(): Promise<void> {
    await this.runtime.request("encounter.stop", { world: this.world, encounter: this.id });
  }

  /** Takes all of it, each line of which counts as heard; gives its end, or undefined where it broke off. */
  async end(): Promise<EncounterEnded | undefined> {
    for await (const _ of this);
    return this.ended;
  }

  protected override note(part: EncounterPart): boolean {
    if (part.type === "encounter.ended") this.ended = part;
    return part.type === "encounter.ended";
  }

  /** Encounters are over where the session is. */
  protected override again(): undefined {}
}
