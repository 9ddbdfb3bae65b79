import java.util.ArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;

/** ring: 503 threads pass a token from each to the next. An operation is one pass. The queues are those whose takers park at once: in a
 * transfer queue each of them spins first, which takes ten times as long here. */
final class Ring {
    private static final int SIZE = 503;

    static void run(int n) throws Exception {
        var queues = new ArrayList<LinkedBlockingQueue<Integer>>();
        for (int i = 0; i < SIZE; i++) {
            queues.add(new LinkedBlockingQueue<>());
        }
        var threads = new ArrayList<FutureTask<Integer>>();
        for (int i = 0; i < SIZE; i++) {
            var from = queues.get(i);
            var to = queues.get((i + 1) % SIZE);
            threads.add(Tasks.start(() -> pass(from, to)));
        }
        queues.get(0).put(n);
        long passes = 0;
        for (var thread : threads) {
            passes += thread.get();
        }
        Peer.check("ring", n + SIZE, passes);
    }

    /** Counts the token down; from 0 on it goes round once more and ends every thread. Returns how often it came. */
    private static int pass(LinkedBlockingQueue<Integer> from, LinkedBlockingQueue<Integer> to) throws InterruptedException {
        for (int passes = 1; ; passes++) {
            int token = from.take();
            if (token > -SIZE + 1) {
                to.put(token - 1);
            }
            if (token <= 0) {
                return passes;
            }
        }
    }
}
