/** What comes when it comes, for one reader who takes it when it likes. */
export class Queue<T> {
  readonly #limit: number;
  #items: T[] = [];
  #over = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** `limit`: so many wait for the reader; beyond that the oldest go. */
  constructor(limit = Infinity) {
    this.#limit = limit;
  }

  push(item: T): void {
    if (this.#over) return;
    if (this.#items.length >= this.#limit) this.#items.shift();
    this.#items.push(item);
    this.#wake?.();
  }

  /** Nothing more comes; the reader still gets what is there, and then the error, if there is one. */
  end(error?: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#error = error;
    this.#wake?.();
  }

  /** The next one, or undefined behind the last. Throws what the queue was ended with. */
  async next(): Promise<T | undefined> {
    while (this.#items.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    if (this.#items.length === 0 && this.#error) throw this.#error;
    return this.#items.shift();
  }
}
