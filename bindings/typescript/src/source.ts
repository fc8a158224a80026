import { NpcRuntimeError } from "./errors.js";
import { type Address, findDaemon, type FoundDaemon } from "./folder.js";
import { readKey } from "./keys.js";
import { hasEnded, launchDaemon, type LaunchedDaemon, type LaunchOptions } from "./launcher.js";

/** Where a client gets its daemon from, each time that it needs one. */
export interface DaemonSource {
  /** Throws `not_found`, or what prevents a start. */
  address(): Promise<Address>;
  /** Whether the daemon at this address may well be there still, and only be busy. */
  serves(address: Address): Promise<boolean>;
  /** The daemon at this address does not answer: it may be something else that listens there. */
  distrust(address: Address): void;
  close(): Promise<void>;
}

/** A daemon that somebody else runs, at an address that does not change; its key is in a file, where it asks for one. */
export class GivenDaemon implements DaemonSource {
  constructor(
    private readonly given: Address,
    private readonly keyFile?: string,
  ) {}

  async address(): Promise<Address> {
    return this.keyFile === undefined ? this.given : { ...this.given, key: await readKey(this.keyFile) };
  }

  serves(): Promise<boolean> {
    return Promise.resolve(true);
  }

  distrust(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The daemon of a data folder: the one that serves it, or one that is started for it and ends with this client. */
export class FolderDaemon implements DaemonSource {
  #launched: LaunchedDaemon | undefined;
  #distrusted: string | undefined;
  #starting: Promise<LaunchedDaemon> | undefined;
  readonly #closing = new AbortController();

  constructor(
    private readonly dataDir: string,
    private readonly start: boolean,
    private readonly options: LaunchOptions,
  ) {}

  async address(): Promise<Address> {
    const found = await findDaemon(this.dataDir);
    if (found && found.endpoint !== this.#distrusted) return found;
    this.#distrusted = undefined;
    if (!this.start) {
      const hint = `start one with: npc-runtime serve --data-dir ${this.dataDir}`;
      throw new NpcRuntimeError("not_found", `no daemon is running for ${this.dataDir}`, hint);
    }
    if (this.#launched && !hasEnded(this.#launched.process)) await this.#launched.stop();
    if (this.#closing.signal.aborted) throw new NpcRuntimeError("cancelled", "this client was closed");
    try {
      this.#starting = launchDaemon(this.dataDir, { ...this.options, signal: this.#closing.signal });
      this.#launched = await this.#starting;
    } catch (error) {
      const other = await findDaemon(this.dataDir); // somebody else may have started one meanwhile
      if (other) return other;
      throw error;
    }
    return this.#launched.daemon;
  }

  async serves(address: Address): Promise<boolean> {
    const found = await findDaemon(this.dataDir);
    return found?.endpoint === address.endpoint && found.pid === (address as FoundDaemon).pid;
  }

  distrust(address: Address): void {
    if (this.start) this.#distrusted = address.endpoint;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#launched?.stop();
    await this.#starting?.then((launched) => launched.stop()).catch(() => {}); // one that failed has stopped itself
  }
}
