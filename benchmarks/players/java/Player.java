package dev.npcruntime;

import dev.npcruntime.protocol.ArgueLimits;
import dev.npcruntime.protocol.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A game of the Java client that does what lines of JSON tell it: `benchmarks/clients.py` says which. */
final class Player {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final String END = "";
    private static final String ALEX = "player:alex";

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private NpcRuntime runtime;
    private World world;
    private final Map<String, Npc> npcs = new LinkedHashMap<>();
    private Talk talk;

    private int begun;
    private int answered;
    private int happened;
    private final Map<String, Object> failed = new LinkedHashMap<>();
    private final List<Object> resumed = new ArrayList<>();
    private List<Object> listed = List.of();

    public static void main(String[] arguments) throws InterruptedException {
        new Player().play();
    }

    private void play() throws InterruptedException {
        Thread reader = new Thread(this::read, "stdin");
        reader.setDaemon(true);
        reader.start();
        long next = System.nanoTime();
        while (true) {
            for (long left; (left = next - System.nanoTime()) > 0; ) {
                String line = lines.poll(left, TimeUnit.NANOSECONDS);
                if (END.equals(line)) return;
                if (line != null) obey(line);
            }
            next += TICK_NANOS;
            if (runtime == null) continue;
            long worked = cpu();
            long before = System.nanoTime();
            runtime.poll();
            long inside = System.nanoTime() - before;
            if (talk != null) ticked(inside, cpu() - worked);
        }
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line; (line = in.readLine()) != null; ) lines.add(line);
        } catch (IOException gone) {
            // as if it had ended
        }
        lines.add(END);
    }

    private void obey(String line) throws InterruptedException {
        Map<?, ?> told = (Map<?, ?>) Json.read(line);
        switch ((String) told.get("do")) {
            case "connect" -> connect(told);
            case "say" -> say((String) told.get("npc"), (String) told.get("text"));
            case "argue" -> argue(told);
            case "ask" -> ask();
            case "report" -> report(told.get("collect") == Boolean.TRUE);
            case "talk" -> talk(told);
            case "leave" -> leave();
            default -> answer(Map.of("error", "there is nothing called " + told.get("do")));
        }
    }

    private void connect(Map<?, ?> told) {
        begun = answered = happened = 0;
        failed.clear();
        resumed.clear();
        npcs.clear();
        listed = List.of();
        NpcRuntime.Builder builder = NpcRuntime.builder("player");
        if (told.get("data_dir") instanceof String folder) builder.dataDir(Path.of(folder));
        if (told.get("endpoint") instanceof String endpoint) builder.endpoint(endpoint).token((String) told.get("token"));
        runtime = builder.connect();
        runtime.onRecovery(this::recovered);
        runtime.openWorld((String) told.get("world"), (String) told.get("pack"))
                .thenCompose(opened -> {
                    world = opened;
                    world.onEvent(this::happens);
                    List<CompletableFuture<?>> all = new ArrayList<>();
                    for (Object name : (List<?>) told.get("npcs")) {
                        all.add(world.spawn((String) name, (String) told.get("place"))
                                .thenAccept(npc -> npcs.put((String) name, npc)));
                    }
                    return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
                })
                .whenComplete((done, error) -> answer(error == null ? Map.of("ok", true) : Map.of("error", error.toString())));
    }

    private void happens(Event event) {
        happened++;
        if (talk != null) talk.happened++;
    }

    private void recovered(Recovery recovery) {
        List<Object> troubles = new ArrayList<>();
        recovery.failures().forEach(failure -> troubles.add(failure.toString()));
        resumed.add(Map.of(
                "at", System.currentTimeMillis() / 1000.0, "restarted", recovery.restarted(), "troubles", troubles));
    }

    // ------------------------------------------------------------------------------------------- what is begun

    private void say(String npc, String text) {
        begun++;
        npcs.get(npc).say(ALEX, text).name("Alex").onSentence(sentence -> {}).send().done().whenComplete(this::ended);
        ok();
    }

    private void argue(Map<?, ?> told) {
        begun++;
        int turns = ((Number) told.get("turns")).intValue();
        String[] between = ((List<?>) told.get("between")).stream().map(String.class::cast).toArray(String[]::new);
        world.argue(between)
                .about((String) told.get("about"))
                .with(start -> start.withLimits(ArgueLimits.of().withTurns(turns)))
                .onTurn(turn -> {})
                .start()
                .done()
                .whenComplete(this::ended);
        ok();
    }

    private void ask() {
        begun++;
        world.npcs()
                .thenAccept(those -> listed = new ArrayList<>(those.stream().map(Npc::id).sorted().toList()))
                .whenComplete(this::ended);
        ok();
    }

    private void ended(Object answer, Throwable error) {
        if (error == null) {
            answered++;
            return;
        }
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        String code = cause instanceof NpcRuntimeException typed ? typed.code().wire() : "untyped";
        failed.merge(code, 1, (before, one) -> (Integer) before + (Integer) one);
    }

    private void report(boolean collect) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("begun", begun);
        told.put("answered", answered);
        told.put("failed", failed);
        told.put("npcs", listed);
        told.put("happened", happened);
        told.put("resumed", resumed);
        told.put("pending", runtime == null ? 0 : runtime.connection().pending());
        told.put("heap", collect ? heap() : null);
        answer(told);
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private void leave() throws InterruptedException {
        runtime.close();
        boolean gone = runtime.awaitClosed(Duration.ofSeconds(10));
        runtime.poll();
        runtime = null;
        answer(gone ? Map.of("ok", true) : Map.of("error", "the client does not end"));
    }

    // --------------------------------------------------------------------------------------- all talk at once

    private static final class Talk {
        final List<Object> inside = new ArrayList<>();
        final List<Object> worked = new ArrayList<>();
        final long ends;
        long deltas;
        long sentences;
        long finished;
        long happened;

        Talk(double seconds) {
            ends = System.nanoTime() + (long) (seconds * 1e9);
        }
    }

    private void talk(Map<?, ?> told) {
        talk = new Talk(((Number) told.get("seconds")).doubleValue());
        for (Object name : (List<?>) told.get("npcs")) begin(talk, npcs.get(name));
    }

    private void begin(Talk of, Npc npc) {
        npc.say(ALEX, "What do you sell?")
                .onText(text -> of.deltas++)
                .onSentence(sentence -> of.sentences++)
                .onEnd(end -> {
                    of.finished++;
                    if (of == talk) begin(of, npc);
                })
                .send();
    }

    /** Nanoseconds for which this thread has had a processor. */
    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private void ticked(long nanos, long worked) {
        talk.inside.add(nanos / 1000.0);
        talk.worked.add(worked / 1000.0);
        if (System.nanoTime() < talk.ends) return;
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("inside_us", talk.inside);
        told.put("cpu_us", talk.worked);
        told.put("deltas", talk.deltas);
        told.put("sentences", talk.sentences);
        told.put("ends", talk.finished);
        told.put("happened", talk.happened);
        talk = null;
        answer(told);
    }

    // ------------------------------------------------------------------------------------------------- answers

    private void ok() {
        answer(Map.of("ok", true));
    }

    private void answer(Map<String, Object> told) {
        StringBuilder line = new StringBuilder();
        write(line, told);
        out.println(line);
    }

    private static void write(StringBuilder to, Object value) {
        if (value instanceof Map<?, ?> map) {
            to.append('{');
            String between = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                write(to.append(between), entry.getKey());
                write(to.append(':'), entry.getValue());
                between = ",";
            }
            to.append('}');
        } else if (value instanceof List<?> items) {
            to.append('[');
            String between = "";
            for (Object item : items) {
                write(to.append(between), item);
                between = ",";
            }
            to.append(']');
        } else if (value instanceof String text) {
            to.append('"');
            text.chars().forEach(each -> {
                if (each >= 32 && each < 127 && each != '"' && each != '\\') to.append((char) each);
                else to.append(String.format("\\u%04x", each));
            });
            to.append('"');
        } else {
            to.append(value);
        }
    }
}
