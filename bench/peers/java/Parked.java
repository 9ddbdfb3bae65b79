import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.atomic.LongAdder;

/** parked: n threads waiting on one queue. */
final class Parked {
    static Map<String, Double> run(int n, Measure.Mode mode) throws Exception {
        for (int i = 0; i < mode.minSmallRounds(); i++) {
            new Parked(1000).round(false);
        }
        double[] first = new Parked(n).round(true);
        double[] later = new Parked(n).round(false);
        Map<String, Double> result = new LinkedHashMap<>();
        result.put("ns_per_op", later[0] + later[1]);
        result.put("bytes_each", first[2]);
        result.put("spawn_ns", later[0]);
        result.put("wake_ns", later[1]);
        result.put("spawn_first_ns", first[0]);
        result.put("wake_first_ns", first[1]);
        return result;
    }

    private final int n;
    private final CountDownLatch started;
    private final CountDownLatch woken;
    private final LinkedTransferQueue<Integer> queue = new LinkedTransferQueue<>();
    private final LongAdder sum = new LongAdder();

    private Parked(int n) {
        this.n = n;
        started = new CountDownLatch(n);
        woken = new CountDownLatch(n);
    }

    /** Nanoseconds to start one and to wake one, and bytes of one. */
    private double[] round(boolean weigh) throws Exception {
        long before = weigh ? Measure.settledBytes() : 0;
        long start = System.nanoTime();
        for (int i = 0; i < n; i++) {
            Thread.ofVirtual().start(() -> {
                started.countDown();
                try {
                    sum.add(queue.take());
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                woken.countDown();
            });
        }
        started.await();
        double spawn = (System.nanoTime() - start) / (double) n;
        double bytes = weigh ? (Measure.settledBytes() - before) / (double) n : 0;
        start = System.nanoTime();
        for (int i = 0; i < n; i++) {
            queue.put(i);
        }
        woken.await();
        double wake = (System.nanoTime() - start) / (double) n;
        Peer.check("parked", Peer.sumBelow(n), sum.sum());
        return new double[] {spawn, wake, bytes};
    }
}
