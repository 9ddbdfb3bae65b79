import java.util.ArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedTransferQueue;

/** forkjoin (Savina's fjthrput): one thread deals numbers out to 60 in turn, each of which adds up. An operation is one number. */
final class ForkJoin {
    static final int WORKERS = 60;

    static void run(int n) throws Exception {
        var queues = new ArrayList<LinkedTransferQueue<Integer>>();
        var workers = new ArrayList<FutureTask<Long>>();
        for (int i = 0; i < WORKERS; i++) {
            var queue = new LinkedTransferQueue<Integer>();
            queues.add(queue);
            workers.add(Tasks.start(() -> Counting.sum(queue)));
        }
        for (int i = 0; i < n; i++) {
            queues.get(i % WORKERS).put(i);
        }
        for (var queue : queues) {
            queue.put(-1);
        }
        long total = 0;
        for (var worker : workers) {
            total += worker.get();
        }
        Peer.check("forkjoin", Peer.sumBelow(n), total);
    }
}
