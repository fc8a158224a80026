/** The frame times of a game, as they are reported: an average, about once a second. */
const EVERY_MS = 1000;

/** Takes in every frame, and gives an average when it is time to report. */
export class Frames {
  #since: number | undefined;
  #sum = 0;
  #count = 0;

  /** A frame took `ms` milliseconds; the average since the last report, where one is due. `now` in milliseconds. */
  add(ms: number, now: number): number | undefined {
    this.#since ??= now;
    this.#sum += ms;
    this.#count += 1;
    if (now - this.#since < EVERY_MS) return undefined;
    const average = this.#sum / this.#count;
    this.#since = now;
    this.#sum = this.#count = 0;
    return average;
  }
}
