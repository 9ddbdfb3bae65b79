import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long to warm up and to measure: as ../shared/Measure.cs does for the sides on .NET. */
final class Measure {
    interface Body {
        void run(int n) throws Exception;
    }

    /** Nanoseconds, but for the numbers. */
    record Mode(long smallRounds, int minSmallRounds, long fullRounds, long measured, int minRepetitions) {
        static final Mode THOROUGH = new Mode(800_000_000L, 100, 300_000_000L, 300_000_000L, 3);

        /** One repetition without warm-up: does it run at all. */
        static final Mode SMOKE = new Mode(0, 0, 0, 0, 1);
    }

    private static final long WARM_UP_LIMIT = 10_000_000_000L;

    /** Repeats the body and takes the median time of an operation. */
    static Map<String, Double> repeated(int n, int small, Mode mode, Body body) throws Exception {
        warmUp(n, small, mode, body);
        List<Double> each = new ArrayList<>();
        long begin = System.nanoTime();
        while (each.size() < mode.minRepetitions || System.nanoTime() - begin < mode.measured) {
            long start = System.nanoTime();
            body.run(n);
            each.add((System.nanoTime() - start) / (double) n);
        }
        Collections.sort(each);
        Map<String, Double> result = new LinkedHashMap<>();
        result.put("ns_per_op", each.get(each.size() / 2));
        result.put("repetitions", (double) each.size());
        return result;
    }

    /** Many small rounds, then whole ones until two in a row take the same time within a tenth. */
    static void warmUp(int n, int small, Mode mode, Body body) throws Exception {
        long begin = System.nanoTime();
        for (int rounds = 0; rounds < mode.minSmallRounds || System.nanoTime() - begin < mode.smallRounds; rounds++) {
            body.run(small);
            if (System.nanoTime() - begin > WARM_UP_LIMIT) {
                break;
            }
        }
        begin = System.nanoTime();
        double last = Double.MAX_VALUE;
        boolean steady = false;
        while (mode.fullRounds > 0 && !(steady && System.nanoTime() - begin >= mode.fullRounds) && System.nanoTime() - begin < WARM_UP_LIMIT) {
            long start = System.nanoTime();
            body.run(n);
            double now = System.nanoTime() - start;
            steady = Math.abs(now - last) <= last / 10;
            last = now;
        }
    }

    /** The resident memory of this process (VmRSS) after a full collection. */
    static long settledBytes() throws IOException {
        System.gc();
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
            .findFirst().orElseThrow();
    }
}
