import { Dealer } from "zeromq";
import { decode, encode } from "./codec.js";
import { NpcRuntimeError } from "./errors.js";
import type { Address } from "./folder.js";
import type { Message, Request } from "./messages.js";

const USER = "npc-runtime";
/** Shown where there is no token: ZeroMQ has no empty passwords. */
const NO_TOKEN = "-";
/** Handshakes that break off without a reason before that is one: a daemon that stops ends one or two. */
const BROKEN_OFF = 3;

export interface ConnectionListener {
  received(message: Message): void;
  /** The connection is of no use any more; told once. */
  gone(why: NpcRuntimeError): void;
  /** Something that can be lived with. */
  trouble(error: NpcRuntimeError): void;
}

/**
 * One connection to one run of a daemon. ZeroMQ would connect a lost one anew by itself, but without its session, and
 * would send then what was meant for the old one; so a lost connection is closed, and another takes its place.
 */
export class Connection {
  readonly address: Address;
  readonly #socket: Dealer;
  readonly #listener: ConnectionListener;
  #sending: Promise<void> = Promise.resolve();
  #closed = false;
  #letIn = false;
  #brokenOff = 0;

  constructor(address: Address, listener: ConnectionListener) {
    this.address = address;
    this.#listener = listener;
    this.#socket = new Dealer({
      linger: 0,
      ...credentials(address),
      ipv6: address.endpoint.includes("["),
    });
    const { events } = this.#socket;
    events.on("handshake", () => (this.#letIn = true));
    events.on("disconnect", () => {
      if (this.#letIn) this.#gone(new NpcRuntimeError("no_session", "the connection to the daemon is lost"));
      else if (++this.#brokenOff === BROKEN_OFF) this.#gone(wrongDoor(address)); // until then ZeroMQ tries again
    });
    events.on("handshake:error:auth", () => this.#gone(refused(address)));
    events.on("handshake:error:protocol", () => this.#gone(wrongDoor(address)));
    this.#socket.connect(address.endpoint);
    void this.#read();
  }

  /** Sends, behind what was sent before: a socket takes one message at a time. Throws what cannot be packed. */
  send(message: Request): void {
    const frames = encode(message);
    this.#sending = this.#sending.then(async () => {
      if (this.#closed) return;
      try {
        await this.#socket.send(frames);
      } catch (error) {
        this.#gone(new NpcRuntimeError("no_session", `the connection does not send: ${(error as Error).message}`));
      }
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  #gone(why: NpcRuntimeError): void {
    if (this.#closed) return;
    this.close();
    this.#listener.gone(why);
  }

  async #read(): Promise<void> {
    try {
      for await (const frames of this.#socket) {
        if (this.#closed) return;
        this.#take(frames);
      }
    } catch (error) {
      this.#gone(new NpcRuntimeError("no_session", `the connection does not receive: ${(error as Error).message}`));
    }
  }

  #take(frames: Buffer[]): void {
    let message: Message;
    try {
      message = decode(frames);
    } catch (error) {
      this.#listener.trouble(error as NpcRuntimeError);
      return;
    }
    this.#listener.received(message);
  }
}

function credentials({ token, key }: Address): object {
  if (key) return { curveServerKey: key.server, curvePublicKey: key.public, curveSecretKey: key.secret };
  return { plainUsername: USER, plainPassword: token || NO_TOKEN };
}

function refused({ endpoint, key }: Address): NpcRuntimeError {
  const [what, hint] = key
    ? [`the key "${key.name}"`, "it was removed: `npc-runtime keys list` shows on the daemon's machine which there are"]
    : ["the token", "pass the content of the file `token` in the daemon's data folder, or name that folder"];
  return new NpcRuntimeError("unauthorized", `the daemon at ${endpoint} refuses ${what}`, hint);
}

/** A daemon that asks for a key is shown a token, or the other way round: both sides break off, and neither says why. */
function wrongDoor({ endpoint, key }: Address): NpcRuntimeError {
  const [what, hint] = key
    ? [`asks for its token, or the key "${key.name}" is for another one`, "on its own machine, name its data folder"]
    : ["asks for a key", "pass the file that `npc-runtime keys add` wrote there, as `key`"];
  return new NpcRuntimeError("unauthorized", `the daemon at ${endpoint} ${what}`, hint);
}
