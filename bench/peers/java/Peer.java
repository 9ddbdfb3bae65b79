import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * The Java side of bench/libraries: {@code java-peer ROW [--n N] [--smoke]} runs one row on virtual threads and prints its figures as a line of JSON.
 *
 * <p>The rows have the names and the sizes of ../libraries/Shared/Suite.cs. A row stands in a class of its own.
 */
final class Peer {
    /** Operations, what they are a multiple of, operations of the warm-up's small rounds, and the body; null: the row measures by itself. */
    private record Row(int operations, int unit, int small, Measure.Body body) {}

    private static final Map<String, Row> ROWS = new LinkedHashMap<>();

    static {
        ROWS.put("pingpong", new Row(100_000, 1, 2000, n -> PingPong.run(1, n)));
        ROWS.put("pingpong100", new Row(200_000, 1, 2000, n -> PingPong.run(100, n)));
        ROWS.put("yield", new Row(400_000, Yielding.YIELDERS, 2000, Yielding::run));
        ROWS.put("skynet", new Row(100_000, 1, 1000, Skynet::run));
        ROWS.put("mutex1", new Row(1_000_000, 1, 2000, Mutex::alone));
        ROWS.put("mutex8", new Row(200_000, Mutex.CONTENDERS, 2000, Mutex::contended));
        ROWS.put("parked", new Row(1_000_000, 1000, 1000, null));
        ROWS.put("ring", new Row(200_000, 1, 2000, Ring::run));
        ROWS.put("chameneos", new Row(100_000, 1, 2000, Chameneos::run));
        ROWS.put("counting", new Row(1_000_000, 1, 2000, Counting::run));
        ROWS.put("forkjoin", new Row(600_000, ForkJoin.WORKERS, 2040, ForkJoin::run));
        ROWS.put("big", new Row(120_000, Big.MEMBERS, 2040, Big::run));
        ROWS.put("bounded", new Row(200_000, Bounded.PRODUCERS, 2000, Bounded::run));
    }

    public static void main(String[] args) throws Exception {
        Row row = args.length == 0 ? null : ROWS.get(args[0]);
        boolean right = row != null;
        boolean smoke = false;
        int asked = right ? row.operations : 0;
        for (int i = 1; right && i < args.length; i++) {
            if (args[i].equals("--smoke")) {
                smoke = true;
            } else if (args[i].equals("--n") && ++i < args.length) {
                asked = Integer.parseInt(args[i]);
            } else {
                right = false;
            }
        }
        if (!right) {
            System.err.println("usage: java-peer ROW [--n N] [--smoke]\nworkloads: " + String.join(" ", ROWS.keySet()));
            System.exit(2);
        }

        // The measuring body runs on a virtual thread like all else.
        int n = (asked + row.unit - 1) / row.unit * row.unit;
        Measure.Mode mode = smoke ? Measure.Mode.SMOKE : Measure.Mode.THOROUGH;
        var result = new CompletableFuture<Map<String, Double>>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(row.body == null ? Parked.run(n, mode) : Measure.repeated(n, Math.min(n, row.small), mode, row.body));
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        String figures = result.get().entrySet().stream()
            .map(figure -> String.format(Locale.ROOT, "\"%s\":%.3f", figure.getKey(), figure.getValue()))
            .collect(Collectors.joining(","));
        System.out.printf(
            Locale.ROOT, "{\"workload\":\"%s\",\"n\":%d,%s,\"runtime\":\"Java %s\",\"settings\":\"processors=%d\"}%n",
            args[0], n, figures, Runtime.version(), Runtime.getRuntime().availableProcessors());
        System.exit(0);
    }

    /** Looks at what a round has come to, so that a figure is of work that was done. */
    static void check(String row, long expected, long actual) {
        if (actual != expected) {
            throw new IllegalStateException(row + ": " + actual + " instead of " + expected);
        }
    }

    /** The sum of 0 to n - 1. */
    static long sumBelow(long n) {
        return n * (n - 1) / 2;
    }
}
