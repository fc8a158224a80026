import { setTimeout as delay } from "node:timers/promises";
import { Connection } from "./connection.js";
import { asNpcError, isNpcError, NpcRuntimeError } from "./errors.js";
import { type Answer, Exchange, type ExchangeOptions, type Fields, type Part, type Pending } from "./exchange.js";
import type { Address } from "./folder.js";
import {
  DEEDS,
  type Event,
  type Message,
  PROTOCOL,
  type Request,
  type RequestType,
  type Response,
  RESPONSE_TYPES,
  type Welcome,
} from "./messages.js";
import type { DaemonSource } from "./source.js";

export const REQUEST_MS = 10_000;
const HELLO_MS = 5_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
/** A daemon that does not start is not tried all the time: each attempt costs the game seconds of a core. */
const LONGEST_WAIT_FOR_BROKEN_MS = 30_000;
const TIMES_PUT_OFF = 3;

/** What a session tells whoever uses it. */
export interface SessionListener {
  event(event: Event): void;
  lost(why: NpcRuntimeError): void;
  /** There is a new session: asks for what the game had, and gives what did not come back. Throws to try it anew. */
  again(sameDaemon: boolean): Promise<NpcRuntimeError[]>;
  restored(sameDaemon: boolean, troubles: readonly NpcRuntimeError[]): void;
  trouble(error: NpcRuntimeError): void;
}

/** A session with the daemon that is kept alive, and begun again when it is lost. */
export class Session {
  readonly #source: DaemonSource;
  readonly #client: { name: string; version?: string };
  readonly #listener: SessionListener;
  readonly #inFlight = new Map<string, Pending>();
  #putOff: Pending[] = [];
  #connection: Connection | undefined;
  #welcome: Welcome | undefined;
  #state: "opening" | "open" | "restoring" | "closed" = "opening";
  #beat: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();
  /** The run of the daemon that has all that the game had. */
  #complete = "";
  #toldLost = false;
  #heardAt = 0;
  #number = 0;

  constructor(source: DaemonSource, client: { name: string; version?: string }, listener: SessionListener) {
    this.#source = source;
    this.#client = client;
    this.#listener = listener;
  }

  /** What the daemon said to `hello`, the last time. */
  get welcome(): Welcome {
    if (!this.#welcome) throw new NpcRuntimeError("no_session", "this client is not connected");
    return this.#welcome;
  }

  /** How many requests wait for something. */
  get pending(): number {
    return this.#inFlight.size + this.#putOff.length;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** Connects for the first time. */
  async open(): Promise<void> {
    const address = await this.#source.address();
    try {
      this.#welcome = await this.#hello(address);
    } catch (error) {
      if (!isNpcError(error, "deadline")) throw error;
      this.#source.distrust(address);
      this.#welcome = await this.#hello(await this.#source.address());
    }
    this.#complete = this.#welcome.daemon;
    this.#state = "open";
    this.#scheduleBeat();
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#closing.abort();
    clearTimeout(this.#beat);
    this.#connection?.close();
    const error = new NpcRuntimeError("cancelled", "this client was closed");
    for (const exchange of [...this.#inFlight.values(), ...this.#putOff]) exchange.fail(error);
    this.#putOff = [];
  }

  /** Sends a request, now or as soon as there is a session again. */
  begin<T extends RequestType>(type: T, fields: Fields<T>, options: ExchangeOptions): Exchange<Part<T>> {
    const exchange = this.#exchange(type, fields, options);
    if (this.#state === "open") this.#send(exchange);
    else if (this.#state === "closed") exchange.fail(new NpcRuntimeError("no_session", "this client was closed"));
    else if (exchange.perishable) exchange.fail(lost());
    else this.#putOff.push(exchange);
    return exchange;
  }

  /** A request of the restoring itself, which waits for nothing. */
  async ask<T extends RequestType>(type: T, fields: Fields<T>, timeoutMs = REQUEST_MS): Promise<Answer<T>> {
    const exchange = this.#exchange(type, fields, { timeoutMs, perishable: true });
    this.#send(exchange);
    return (await exchange.last()) as Answer<T>;
  }

  // ------------------------------------------------------------------------------------------ sending and receiving

  #exchange<T extends RequestType>(type: T, fields: Fields<T>, options: ExchangeOptions): Exchange<Part<T>> {
    const request = { type, id: String(++this.#number), ...fields } as unknown as Request;
    return new Exchange<Part<T>>(request, options, () => this.#inFlight.delete(request.id));
  }

  #send(exchange: Pending): void {
    this.#inFlight.set(exchange.id, exchange);
    try {
      this.#connection?.send(exchange.request);
    } catch (error) {
      exchange.fail(asNpcError(error));
    }
  }

  #received(message: Message): void {
    this.#heardAt = Date.now();
    if (message.type.startsWith("event.")) {
      this.#listener.event(message as Event);
      return;
    }
    const response = message as Response;
    const exchange = response.re ? this.#inFlight.get(response.re) : undefined;
    if (!exchange) {
      if (response.type === "error" && !response.re) this.#listener.trouble(NpcRuntimeError.from(response));
    } else if (!RESPONSE_TYPES.has(response.type)) {
      const unknown = `${exchange.request.type} was answered by ${message.type}, of which this client does not know`;
      if ("last" in message && message.last) exchange.fail(new NpcRuntimeError("internal", unknown));
    } else if (response.type === "error" && response.code === "no_session" && this.#state === "open") {
      this.#lose(NpcRuntimeError.from(response), exchange);
    } else {
      this.#warn(exchange.request, response);
      exchange.receive(response);
    }
  }

  /** A modder who mistyped a field, or whose disk is full, would not look for it in an answer that says `done`. */
  #warn(request: Request, response: Response): void {
    for (const warning of ("warnings" in response && response.warnings) || []) {
      this.#listener.trouble(new NpcRuntimeError("invalid", warning, `it was left out of ${request.type}`));
    }
    if ("kept" in response && response.kept === false) {
      const what = `${request.type} is done, but not on disk yet`;
      this.#listener.trouble(new NpcRuntimeError("storage", what, "`health` says why, in `memory`"));
    }
  }

  // ------------------------------------------------------------------------------------------------- keeping alive

  #scheduleBeat(): void {
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => void this.#ping(), this.welcome.heartbeat * 500);
  }

  async #ping(): Promise<void> {
    const { session, heartbeat, expiry } = this.welcome;
    const connection = this.#connection;
    try {
      const pong = await this.ask("ping", {}, heartbeat * 1000);
      if (pong.session !== session) this.#lose(lost());
    } catch (error) {
      // One that is only busy still has the session, and what had begun in it would be lost with the connection.
      const silent = Date.now() - this.#heardAt < expiry * 1000;
      const busy = silent && isNpcError(error, "deadline") && (await this.#serves(connection));
      if (!busy && connection === this.#connection) this.#lose(asNpcError(error));
    }
    if (this.#state === "open" && connection === this.#connection) this.#scheduleBeat();
  }

  async #serves(connection: Connection | undefined): Promise<boolean> {
    return connection !== undefined && this.#source.serves(connection.address);
  }

  /**
   * The session is gone: what was half answered has failed; what was not answered waits for the next one, unless it
   * might happen twice then. `refused`: what the daemon would not take, nor whatever was sent behind it.
   */
  #lose(why: NpcRuntimeError, refused?: Pending): void {
    if (this.#state !== "open") return;
    this.#state = "restoring";
    clearTimeout(this.#beat);
    this.#connection?.close();
    let undone = false;
    for (const exchange of [...this.#inFlight.values()]) {
      this.#inFlight.delete(exchange.id);
      undone ||= exchange === refused;
      const again = !exchange.answered && !exchange.perishable && ++exchange.timesPutOff <= TIMES_PUT_OFF;
      if (again && (undone || !mightHappenTwice(exchange.request))) this.#putOff.push(exchange);
      else exchange.fail(again ? doubtful(exchange.request) : lost());
    }
    if (!this.#toldLost) this.#listener.lost(why);
    this.#toldLost = true;
    void this.#restore();
  }

  async #restore(): Promise<void> {
    let told = "";
    let wait = FIRST_WAIT_MS;
    while (this.#state === "restoring") {
      let address: Address | undefined;
      try {
        address = await this.#source.address();
        const welcome = await this.#hello(address);
        if (!this.#isOver()) await this.#bringBack(welcome);
        return;
      } catch (error) {
        const { message, code } = asNpcError(error);
        if (message !== told) this.#listener.trouble(asNpcError(error)); // each once, however often it is tried
        told = message;
        if (address && isNpcError(error, "deadline")) this.#source.distrust(address);
        if (!this.#isOver()) await delay(wait, undefined, { signal: this.#closing.signal }).catch(() => {});
        // whoever started the daemon may start it again at any moment, and looking for it costs nothing
        if (code === "not_found") wait = FIRST_WAIT_MS;
        else wait = Math.min(2 * wait, code === "internal" ? LONGEST_WAIT_FOR_BROKEN_MS : LONGEST_WAIT_MS);
      }
    }
  }

  /** What the game had, and right behind it what was put off: nothing waits for an answer in between. */
  async #bringBack(welcome: Welcome): Promise<void> {
    const sameDaemon = welcome.daemon === this.#complete;
    this.#welcome = welcome;
    this.#state = "open";
    this.#scheduleBeat();
    const again = this.#listener.again(sameDaemon);
    for (const exchange of this.#putOff.splice(0)) if (!exchange.over) this.#send(exchange);
    let troubles: readonly NpcRuntimeError[];
    try {
      troubles = await again;
    } catch (error) {
      if (welcome === this.#welcome) this.#lose(asNpcError(error)); // unless that is known already
      return;
    }
    this.#complete = welcome.daemon;
    this.#toldLost = false;
    this.#listener.restored(sameDaemon, troubles);
  }

  #isOver(): boolean {
    return this.#state === "closed";
  }

  async #hello(address: Address): Promise<Welcome> {
    if (this.#isOver()) throw new NpcRuntimeError("cancelled", "this client was closed");
    this.#connection?.close();
    const connection = new Connection(address, {
      received: (message) => this.#received(message),
      gone: (why) => connection === this.#connection && this.#gone(why),
      trouble: (error) => this.#listener.trouble(error),
    });
    this.#connection = connection;
    try {
      const client = this.#client;
      return await this.ask("hello", { versions: [PROTOCOL], client, capabilities: ["events", "why"] }, HELLO_MS);
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  #gone(why: NpcRuntimeError): void {
    if (this.#state === "open") this.#lose(why);
    else for (const exchange of [...this.#inFlight.values()]) exchange.fail(why); // of the restoring, which begins anew
  }
}

function lost(): NpcRuntimeError {
  const hint = "ask again: a new session opens by itself";
  return new NpcRuntimeError("no_session", "the session was lost, and what had begun in it has ended", hint);
}

function mightHappenTwice(request: Request): boolean {
  return DEEDS.has(request.type) && !(request.type === "world.advance" && request.to != null);
}

function doubtful({ type }: Request): NpcRuntimeError {
  const what = `the session was lost before ${type} was answered: it was done, or it was not`;
  return new NpcRuntimeError("no_session", what, "look whether it was, before you ask again: a new session opens by itself");
}
