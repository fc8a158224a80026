package dev.npcruntime;

import dev.npcruntime.protocol.ErrorCode;
import java.time.Duration;
import java.util.Optional;

/** Finds the daemon of a data folder, or starts one. Asked again and again, it never waits. */
final class Finder {
    /** Between two looks at a folder in which a daemon is about to say that it serves. */
    static final long POLL_MILLIS = 50;
    /** Between two tries after a failure. */
    static final long PAUSE_MILLIS = 1000;

    /** The first time; a connection that got no answer is given up for another, which is given twice as long. */
    private static final Duration HELLO = Duration.ofSeconds(3);
    private static final int TRIES = 3;
    private static final Duration HELLO_TO_THE_DEAD = Duration.ofMillis(1500);

    /** Where a daemon is, and what lets this client in. */
    record Found(String endpoint, Pass pass) {}

    private final Settings settings;
    private DataFolder.Daemon tried; // the last one that was found
    private DataFolder.Daemon dead; // one that said nothing: what is written of it is from before a crash
    private Process started;
    private long startedAt;
    private boolean startedWorked;
    private boolean everWorked;
    private int tries;

    Finder(Settings settings) {
        this.settings = settings;
    }

    /** A daemon to try, or null: ask again soon. Throws NpcRuntimeException where there is none. */
    Found look(long now) {
        if (settings.endpoint() != null) return new Found(settings.endpoint(), pass(false));
        Optional<DataFolder.Daemon> there = settings.folder().daemon().filter(daemon -> !daemon.equals(dead));
        if (there.isPresent()) {
            tried = there.get();
            return new Found(tried.endpoint(), pass(tried.wantsKey()));
        }
        if (settings.launcher() == null) {
            if (everWorked) return null; // whoever started it may start it again
            throw new NpcRuntimeException(
                    ErrorCode.NOT_FOUND,
                    "no daemon is running for " + settings.folder().path(),
                    "start one with: npc-runtime serve --data-dir " + settings.folder().path());
        }
        if (started != null && startedWorked && !started.isAlive()) started = null; // it served, and is gone: another
        if (started == null) {
            startedWorked = false;
            started = settings.launcher().start(settings.folder());
            startedAt = now;
        } else if (!started.isAlive()) {
            int status = started.exitValue();
            started = null;
            dead = null; // perhaps it would not start since that one lives
            throw new NpcRuntimeException(
                    ErrorCode.INTERNAL,
                    "the daemon ended with status " + status + " before it was ready:\n" + settings.folder().lastWords(),
                    "");
        } else if (now - startedAt > settings.launcher().patience().toNanos()) {
            Launcher.stop(started);
            started = null;
            throw new NpcRuntimeException(
                    ErrorCode.DEADLINE,
                    "the daemon was not ready after " + settings.launcher().patience().toSeconds() + " s:\n"
                            + settings.folder().lastWords(),
                    "name a smaller model, or wait longer");
        }
        return null;
    }

    /** How long to wait for a welcome: a process that is gone will hardly answer. It may only be hidden, in a sandbox. */
    Duration helloPatience() {
        return tried != null && ProcessHandle.of(tried.pid()).isEmpty() ? HELLO_TO_THE_DEAD : HELLO.multipliedBy(1L << tries);
    }

    /** The one that was found has said nothing. */
    void silent() {
        dead = tried;
        tries = Math.min(tries + 1, TRIES);
    }

    /** The one that was found has welcomed this client. */
    void worked() {
        everWorked = true;
        tries = 0;
        startedWorked = started != null;
        dead = null;
    }

    /** Whether it is of use to look further, after one that said nothing. */
    boolean canGoOn(long now) {
        boolean alive = tried == null || ProcessHandle.of(tried.pid()).isPresent();
        if (alive && tries < TRIES) {
            dead = null;
            return true;
        }
        if (started != null && started.isAlive() && now - startedAt < settings.launcher().patience().toNanos()) {
            dead = null; // it has only just begun, and may be slow on a busy machine
            return true;
        }
        if (everWorked && settings.launcher() == null) {
            dead = null; // it may only have been slow
            return true;
        }
        return settings.launcher() != null && (started == null || !started.isAlive());
    }

    /** Whether the folder names another daemon than that one, or lets in with another token or key. */
    boolean isElsewhere(String endpoint, Pass pass) {
        if (settings.endpoint() != null) return !pass(false).equals(pass);
        return settings.folder()
                .daemon()
                .map(daemon -> !daemon.endpoint().equals(endpoint) || !pass(daemon.wantsKey()).equals(pass))
                .orElse(settings.launcher() != null && started != null && !started.isAlive());
    }

    /** Ends the daemon that was started here. */
    void stop() {
        if (started != null) Launcher.stop(started);
        started = null;
    }

    private Pass pass(boolean wantsKey) {
        if (settings.key() != null) return new Pass("", settings.key());
        if (wantsKey && settings.folder() != null) return new Pass("", settings.folder().key());
        return new Pass(token(), null);
    }

    private String token() {
        if (settings.token() != null) return settings.token();
        return settings.folder() == null ? "" : settings.folder().token().orElse("");
    }
}
