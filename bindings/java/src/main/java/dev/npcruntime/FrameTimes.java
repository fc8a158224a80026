package dev.npcruntime;

/** The frame times of a game, as they are reported: an average, about once a second. */
final class FrameTimes {
    private static final long EVERY_NANOS = 1_000_000_000L;

    private long since = System.nanoTime();
    private double sum;
    private int count;

    /**
     * Takes in a frame of so many milliseconds.
     *
     * @return the average since the last report, where one is due; else 0
     */
    synchronized double add(double milliseconds) {
        if (!(milliseconds > 0)) return 0;
        sum += milliseconds;
        count++;
        long now = System.nanoTime();
        if (now - since < EVERY_NANOS) return 0;
        double average = sum / count;
        since = now;
        sum = 0;
        count = 0;
        return average;
    }
}
