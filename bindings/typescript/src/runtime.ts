import { EventEmitter } from "node:events";
import { asNpcError, isNpcError, NpcRuntimeError } from "./errors.js";
import { type Answer, type Exchange, type Fields, type Part, type Pending } from "./exchange.js";
import { defaultDataDir } from "./folder.js";
import { Frames } from "./frames.js";
import type { LaunchOptions } from "./launcher.js";
import type { Event, HealthReport, RequestType, Welcome, WorldId } from "./messages.js";
import { type OpenOptions, Remembered } from "./remembered.js";
import { REQUEST_MS, Session } from "./session.js";
import { FolderDaemon, GivenDaemon } from "./source.js";
import { World } from "./world.js";

/** Opening a world reads a whole game: it may take longer than other requests. */
const OPEN_MS = 60_000;

export interface ConnectOptions extends Omit<LaunchOptions, "signal"> {
  /**
   * The data folder of the daemon: the one that serves it is found, or one is started, which ends with this client. The
   * user's own if it is not said.
   */
  dataDir?: string;
  /** False: only a daemon that runs already will do. */
  start?: boolean;
  /** In place of a data folder: where the daemon listens ... */
  endpoint?: string;
  /** ... and the content of its file `token`; */
  token?: string;
  /** on another machine, the path of the key file that `npc-runtime keys add` wrote there. */
  key?: string;
  /** The name of the game or the mod, for the daemon's log. */
  name?: string;
  /** The version of the game or the mod. */
  version?: string;
}

export interface RequestOptions {
  /** Silence after which `deadline` is thrown; 10 s if it is not said. */
  timeoutMs?: number;
  /** Stops the waiting: its reason is thrown, and the daemon is asked to let it be. */
  signal?: AbortSignal;
}

/** The session was lost, and there is another: worlds, characters and subscriptions are there again. */
export interface Restored {
  /** False: the daemon was started again. What had not been written is gone, and so are encounters. */
  readonly sameDaemon: boolean;
  /** What could not be brought back, and why. */
  readonly troubles: readonly NpcRuntimeError[];
}

export interface RuntimeEvents {
  /** The daemon is out of reach. What waits for an answer goes on by itself, or throws `no_session`. */
  lost: [why: NpcRuntimeError];
  restored: [restored: Restored];
  /** Something that nobody waited for went wrong: worth a line in the mod's log. */
  trouble: [error: NpcRuntimeError];
}

/** Connects to a daemon, and starts one where none serves the data folder. */
export async function connect(options: ConnectOptions = {}): Promise<Runtime> {
  const runtime = new Runtime(options);
  try {
    await runtime.open();
  } catch (error) {
    await runtime.close();
    throw error;
  }
  return runtime;
}

/**
 * A connection to the daemon. It never blocks: everything is sent at once, and what comes back comes on the event loop
 * that the game runs on. When the session is lost it begins another, and brings back worlds, characters and
 * subscriptions; `restored` tells.
 */
export class Runtime extends EventEmitter<RuntimeEvents> {
  readonly #source: GivenDaemon | FolderDaemon;
  readonly #session: Session;
  readonly #worlds = new Map<WorldId, Remembered>();
  readonly #frames = new Frames();
  #limits: Fields<"budget.set"> | undefined; // as they were set

  /** For `connect`. */
  constructor(options: ConnectOptions) {
    super();
    if (options.endpoint === undefined) {
      this.#source = new FolderDaemon(options.dataDir ?? defaultDataDir(), options.start ?? true, options);
    } else {
      this.#source = new GivenDaemon({ endpoint: options.endpoint, token: options.token }, options.key);
    }
    this.#session = new Session(
      this.#source,
      { name: options.name ?? "npc-runtime for Node.js", version: options.version },
      {
        event: (event) => this.#happened(event),
        lost: (why) => this.emit("lost", why),
        again: (sameDaemon) => this.#again(sameDaemon),
        restored: (sameDaemon, troubles) => this.emit("restored", { sameDaemon, troubles }),
        trouble: (error) => this.emit("trouble", error),
      },
    );
  }

  /** For `connect`. */
  open(): Promise<void> {
    return this.#session.open();
  }

  /** What the daemon said to `hello`. */
  get welcome(): Welcome {
    return this.#session.welcome;
  }

  /** How many requests wait for something. */
  get pending(): number {
    return this.#session.pending;
  }

  /** Ends the session, and the daemon if this client started it. */
  async close(): Promise<void> {
    this.#session.close();
    await this.#source.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // --------------------------------------------------------------------------------------------------------- worlds

  /** Opens or joins a world: one playthrough, with the characters of a pack or of the game's own. */
  async openWorld(world: WorldId, options: OpenOptions = {}): Promise<World> {
    const opened = await this.request("world.open", { world, ...options }, { timeoutMs: OPEN_MS });
    const remembered = this.#worlds.get(world) ?? new Remembered({ ...options });
    this.#worlds.set(world, remembered);
    return new World(this, opened, remembered);
  }

  /** For `World.close`: nobody brings it back any more. */
  forget(world: WorldId): void {
    this.#worlds.delete(world);
  }

  /** How the daemon is. */
  health(): Promise<HealthReport> {
    return this.request("health", {});
  }

  /**
   * Tells how many milliseconds a frame took, and how many it may take; for every frame, since it averages. The model is
   * held back where it costs frames. Without a session, nobody is told.
   */
  reportFrame(ms: number, targetMs = 1000 / 60): void {
    const average = this.#frames.add(ms, Date.now());
    if (average === undefined || !(average > 0) || !this.#session.isOpen) return;
    this.#session
      .begin("budget.report", { frame_ms: average, target_ms: targetMs }, { timeoutMs: REQUEST_MS, perishable: true })
      .last()
      .catch(() => undefined); // a key for one world has no say, and the next report comes soon
  }

  /** Sets what the model may take, as long as this client lives. */
  async budget(limits: Fields<"budget.set">): Promise<void> {
    this.#limits = limits;
    await this.request("budget.set", limits);
  }

  // ------------------------------------------------------------------------------------------ the protocol as it is

  /** Makes any request of the protocol and gives its last answer. Throws what the daemon answers instead. */
  async request<T extends RequestType>(type: T, fields: Fields<T>, options: RequestOptions = {}): Promise<Answer<T>> {
    const { signal, timeoutMs = REQUEST_MS } = options;
    signal?.throwIfAborted();
    const exchange = this.#session.begin(type, fields, { timeoutMs });
    const walkAway = (): void => {
      this.post("cancel", { target: exchange.id });
      exchange.fail(new NpcRuntimeError("cancelled", `nobody waits for the answer to ${type} any more`));
    };
    signal?.addEventListener("abort", walkAway, { once: true });
    try {
      return (await exchange.last()) as Answer<T>;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener("abort", walkAway);
    }
  }

  /** Makes any request and gives what comes, message by message. */
  exchange<T extends RequestType>(type: T, fields: Fields<T>, timeoutMs = REQUEST_MS): Exchange<Part<T>> {
    return this.#session.begin(type, fields, { timeoutMs });
  }

  /** Makes a request whose answer nobody waits for. It is not repeated in another session, unless it `lasts`. */
  post<T extends RequestType>(type: T, fields: Fields<T>, options: { lasts?: boolean } = {}): void {
    const { daemon } = this.welcome;
    const exchange = this.#session.begin(type, fields, { timeoutMs: REQUEST_MS, perishable: !options.lasts });
    exchange.last().catch((error: unknown) => {
      const forgotten = isNpcError(error, "not_found") && this.welcome.daemon !== daemon; // what it was about is over
      const expected = forgotten || isNpcError(error, "no_session") || isNpcError(error, "cancelled");
      if (!expected) this.emit("trouble", asNpcError(error));
    });
  }

  /** Takes a request back: it ends as the protocol says, or at once where the daemon does not have it. */
  cancel(exchange: Pending): void {
    if (this.#session.isOpen) this.post("cancel", { target: exchange.id });
    else exchange.fail(new NpcRuntimeError("cancelled", `${exchange.request.type} was taken back`));
  }

  // ----------------------------------------------------------------------------------------------------- once more

  #happened(event: Event): void {
    for (const listener of this.#worlds.get(event.world)?.listeners(event) ?? []) {
      try {
        listener(event);
      } catch (error) {
        this.emit("trouble", asNpcError(error)); // the other listeners are not to suffer
      }
    }
  }

  /**
   * Asks for all of it at once: the daemon takes it in its order, and what was put off comes right behind. Gives what
   * could not be brought back. Throws where the daemon is gone again: then all of it is done anew.
   */
  async #again(sameDaemon: boolean): Promise<NpcRuntimeError[]> {
    if (this.#limits !== undefined) this.post("budget.set", this.#limits);
    const worlds = [...this.#worlds].map(([world, kept]) => this.#bringBack(world, kept, sameDaemon));
    return (await Promise.all(worlds)).flat();
  }

  async #bringBack(world: WorldId, kept: Remembered, sameDaemon: boolean): Promise<NpcRuntimeError[]> {
    const asked: Promise<unknown>[] = [];
    if (!sameDaemon) {
      asked.push(this.#session.ask("world.open", { world, ...kept.how }, OPEN_MS));
      for (const npc of kept.npcs) asked.push(this.#session.ask("npc.spawn", { world, npc }, OPEN_MS));
    }
    if (kept.subscriptions.size > 0) {
      asked.push(this.#session.ask("subscribe", { world, speech: kept.speech }, OPEN_MS));
    }
    const answers = await Promise.allSettled(asked);
    const troubles = answers.flatMap((answer) => (answer.status === "rejected" ? [asNpcError(answer.reason)] : []));
    const gone = troubles.find(({ code }) => code === "no_session" || code === "deadline");
    if (gone) throw gone;
    const closed = !sameDaemon && answers[0]?.status === "rejected";
    return closed ? troubles.slice(0, 1) : troubles; // that nobody can be where no world is goes without saying
  }
}
