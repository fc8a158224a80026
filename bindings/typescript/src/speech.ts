import { isNpcError, NpcRuntimeError } from "./errors.js";
import type { Exchange } from "./exchange.js";
import type {
  EntityId,
  LoreAnswered,
  PerceivedInfo,
  ReplyAction,
  ReplyDelta,
  ReplyEnd,
  ReplyNone,
  ReplySentence,
  ReplyStart,
  WhyReport,
  WorldId,
} from "./messages.js";
import type { Runtime } from "./runtime.js";

/** What comes of a line that somebody says: tell the kinds apart by `type`. */
export type ReplyPart = ReplyStart | ReplyDelta | ReplySentence | ReplyAction | ReplyEnd | ReplyNone;
/** What comes of a question over the lore; where nobody may know, `lore.answered` is all. */
export type LorePart = LoreAnswered | ReplyStart | ReplyDelta | ReplySentence | ReplyAction | ReplyEnd;

export interface SpeechOptions {
  /** Walks away when it is aborted, as `cancel()` does. */
  signal?: AbortSignal;
  /** False: the game calls `heard()` itself. */
  ack?: boolean;
}

/**
 * What a character says, part by part: `for await (const part of reply)`; or `await reply.whole()`. For one use.
 *
 * A sentence counts as heard when the loop asks for what follows it, which it does when the body of the loop is done
 * with it: whoever plays speech awaits the playing there. Leaving the loop walks away, and the sentence in which it was
 * left does not count. The daemon is told once, when the line is over or left: it makes one memory of each `heard`.
 */
export class Speech<P extends ReplyPart | LorePart> implements AsyncIterable<P> {
  /** Who speaks and how, once it is known. */
  start: ReplyStart | undefined;
  /** What the character proposes to do, where it does; `result()` says what became of it. */
  action: ReplyAction | undefined;
  /** The end, once it is there: with the whole text. */
  end: ReplyEnd | undefined;
  /** Why nobody answers, where nobody does. */
  none: ReplyNone | LoreAnswered | undefined;
  readonly #runtime: Runtime;
  readonly #world: WorldId;
  readonly #exchange: Exchange<P>;
  readonly #ack: boolean;
  readonly #signal: AbortSignal | undefined;
  #taken = 0;
  #told = false;
  #away = false;
  #used = false;

  /** For `Npc.say`, `World.say` and `World.lore`. */
  constructor(runtime: Runtime, world: WorldId, exchange: Exchange<P>, options: SpeechOptions) {
    this.#runtime = runtime;
    this.#world = world;
    this.#exchange = exchange;
    this.#ack = options.ack ?? true;
    this.#signal = options.signal;
    if (this.#signal?.aborted) this.cancel();
    else this.#signal?.addEventListener("abort", this.cancel, { once: true });
  }

  /** Names the reply in `heard`, `why` and `feedback`; empty before its first part. */
  get id(): string {
    return (this.end ?? this.start)?.reply ?? "";
  }

  /** The id of the request, which `cancel` names. */
  get request(): string {
    return this.#exchange.id;
  }

  /** Who answers; empty before that is known. */
  get npc(): EntityId {
    return (this.end ?? this.start)?.npc ?? "";
  }

  /** Walks away: no more sentences come, only the end, with `finish: "cancelled"`. */
  readonly cancel = (): void => {
    if (this.#away || this.#isOver()) return;
    this.#away = true;
    this.#runtime.cancel(this.#exchange);
    this.#tell(this.#taken);
  };

  /** Says that the line was really spoken, as far as its first `upto` sentences. Only that is remembered. */
  async heard(upto?: number): Promise<void> {
    await this.#runtime.request("heard", { world: this.#world, reply: this.id, upto });
  }

  /**
   * Says what became of the action that was proposed: whoever heard the reply remembers that, and this gives in which
   * words. `reason` says why not: `none are left`; `what` is all of it in a sentence: `Mira gave Alex a loaf.`
   */
  async result(done: boolean, reason?: string, what?: string): Promise<PerceivedInfo[]> {
    const told = { world: this.#world, reply: this.id, done, reason, what };
    return (await this.#runtime.request("action.result", told)).perceived;
  }

  /** What the character was told and knew. */
  why(): Promise<WhyReport> {
    return this.#runtime.request("why", { world: this.#world, reply: this.id });
  }

  /** Judges the reply once it has ended: from 1 to 5, by a better line, or both. */
  async feedback(judged: { rating?: number; better?: string }): Promise<void> {
    await this.#runtime.request("feedback", { world: this.#world, reply: this.id, ...judged });
  }

  /** Takes all of it, which counts as heard; gives its end, or undefined where nobody answers (then see `none`). */
  async whole(): Promise<ReplyEnd | undefined> {
    for await (const _ of this);
    return this.end;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<P, void, undefined> {
    if (this.#used) throw new NpcRuntimeError("invalid", "a reply is iterated over once", "keep the parts of it");
    this.#used = true;
    try {
      for (let part = await this.#next(); part; part = await this.#next()) {
        this.#note(part);
        if (this.#away && part.type !== "reply.end" && part.type !== "reply.none") continue;
        yield part;
        if (part.type === "reply.sentence" && !this.#away) this.#taken = part.index + 1;
      }
    } finally {
      this.cancel();
      if (this.end?.text) this.#tell(this.#away ? this.#taken : undefined);
      this.#signal?.removeEventListener("abort", this.cancel);
    }
  }

  async #next(): Promise<P | undefined> {
    try {
      return await this.#exchange.next();
    } catch (error) {
      if (this.#away && isNpcError(error, "cancelled")) return undefined; // as it was asked to
      throw error;
    }
  }

  #isOver(): boolean {
    return this.end !== undefined || this.none !== undefined || this.#exchange.failed;
  }

  #note(part: ReplyPart | LorePart): void {
    if (part.type === "reply.start") this.start = part;
    else if (part.type === "reply.action") this.action = part;
    else if (part.type === "reply.end") this.end = part;
    else if (part.type === "reply.none" || (part.type === "lore.answered" && !part.npc)) this.none = part;
  }

  /** Once: how many sentences were heard; undefined: all. */
  #tell(upto: number | undefined): void {
    if (!this.#ack || this.#told || !this.id) return;
    this.#told = true;
    this.#runtime.post("heard", { world: this.#world, reply: this.id, upto }, { lasts: true });
  }
}

/** What a character answers to a line. */
export type Reply = Speech<ReplyPart>;
/** What a character answers to a question over the lore. */
export type LoreReply = Speech<LorePart>;
