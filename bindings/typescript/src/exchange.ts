import { NpcRuntimeError } from "./errors.js";
import type { ErrorAnswer, Exchanges, Request, RequestType, Response } from "./messages.js";
import { Queue } from "./queue.js";

/** The fields of a request that its sender fills in. */
export type Fields<T extends RequestType> = Omit<Exchanges[T]["request"], "type" | "id">;
/** The last answer to a request, if it is not an error. */
export type Answer<T extends RequestType> = Exchanges[T]["last"];
/** Whatever comes for a request, if it is not an error. */
export type Part<T extends RequestType> = Exchanges[T]["before"] | Exchanges[T]["last"];

export interface ExchangeOptions {
  /** Silence after which the daemon counts as gone. */
  timeoutMs: number;
  /** Of no use to another session: given up when this one is lost. */
  perishable?: boolean;
}

/** An exchange as whoever sends and receives sees it. */
export interface Pending {
  readonly request: Request;
  readonly id: string;
  readonly perishable: boolean;
  /** Whether anything has come yet. What was half answered cannot be asked again in another session. */
  readonly answered: boolean;
  /** Whether nothing more comes. */
  readonly over: boolean;
  /** How often it was put off to another session. */
  timesPutOff: number;
  /** Takes what came. */
  receive(response: Response): void;
  /** Ends it with an error: what came before is still read first. */
  fail(error: NpcRuntimeError): void;
}

/** A request and what comes back for it. */
export class Exchange<P extends Response = Response> implements Pending {
  readonly request: Request;
  readonly perishable: boolean;
  timesPutOff = 0;
  readonly #queue = new Queue<P>();
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  #over = false;
  #failed = false;
  #answered = false;
  readonly #ended: () => void;

  /** `ended` is called once, when nothing more comes. */
  constructor(request: Request, options: ExchangeOptions, ended: () => void) {
    this.request = request;
    this.perishable = options.perishable ?? false;
    this.#timeoutMs = options.timeoutMs;
    this.#ended = ended;
    this.#wind();
  }

  get answered(): boolean {
    return this.#answered;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Whether it ended with an error. */
  get failed(): boolean {
    return this.#failed;
  }

  get id(): string {
    return this.request.id;
  }

  receive(response: Response): void {
    if (response.type === "error") {
      this.fail(NpcRuntimeError.from(response as ErrorAnswer));
      return;
    }
    this.#answered = true;
    this.#queue.push(response as P);
    if ("last" in response && response.last) this.#end();
    else this.#wind();
  }

  fail(error: NpcRuntimeError): void {
    this.#end(error);
  }

  /** The next message, or undefined behind the last. Throws what it ended with. */
  next(): Promise<P | undefined> {
    return this.#queue.next();
  }

  /** The last message. Throws what it ended with. */
  async last(): Promise<P> {
    let last: P | undefined;
    for (let part = await this.next(); part; part = await this.next()) last = part;
    if (!last) throw new NpcRuntimeError("internal", `${this.request.type} was given up`);
    return last;
  }

  #wind(): void {
    if (this.#timer) { // a village streams a thousand messages a second: no timer is made for each
      this.#timer.refresh();
      return;
    }
    this.#timer = setTimeout(() => {
      const what = `the daemon has not answered ${this.request.type} for ${this.#timeoutMs / 1000} s`;
      this.fail(new NpcRuntimeError("deadline", what, "is it running? `npc-runtime doctor` tells more"));
    }, this.#timeoutMs);
  }

  #end(error?: NpcRuntimeError): void {
    if (this.#over) return;
    this.#over = true;
    this.#failed = error !== undefined;
    clearTimeout(this.#timer);
    this.#queue.end(error);
    this.#ended();
  }
}
