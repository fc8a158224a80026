import type { EntityId, Event, VillageDefinition } from "./messages.js";

export type EventListener = (event: Event) => void;

/** How a world is opened. */
export interface OpenOptions {
  /** A bundled pack's name, or a folder; `hollowmere` if it is not said. */
  pack?: string;
  /** In place of a pack: `World.definePlaces` and `World.define` make its places and people. */
  village?: VillageDefinition;
}

export interface SubscribeOptions {
  /** What other sessions have characters say, too, sentence by sentence: `event.speaking`. */
  speech?: boolean;
}

/** Somebody who listens to the events of a world. */
export interface Subscription {
  readonly listener: EventListener;
  readonly speech: boolean;
}

/** What a client keeps of a world, to have it again in another session. */
export class Remembered {
  /** Who was brought to life. */
  readonly npcs = new Set<EntityId>();
  readonly subscriptions = new Set<Subscription>();

  constructor(readonly how: OpenOptions) {}

  /** Whether somebody listens to what other sessions have characters say. */
  get speech(): boolean {
    return [...this.subscriptions].some(({ speech }) => speech);
  }

  /** Who is told of an event. */
  listeners(event: Event): EventListener[] {
    const wanted = [...this.subscriptions].filter(({ speech }) => speech || event.type !== "event.speaking");
    return wanted.map(({ listener }) => listener);
  }
}
