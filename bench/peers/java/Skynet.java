import java.util.concurrent.LinkedTransferQueue;

/** skynet: a tree of threads with n leaves (a power of ten), ten children each, sums over queues. An operation is one leaf. */
final class Skynet {
    private static final int BRANCHES = 10;

    static void run(int n) throws InterruptedException {
        var result = new LinkedTransferQueue<Long>();
        Thread.ofVirtual().start(() -> node(result, 0, n));
        Peer.check("skynet", Peer.sumBelow(n), result.take());
    }

    private static void node(LinkedTransferQueue<Long> parent, int number, int size) {
        if (size <= 1) {
            parent.put((long) number);
            return;
        }
        var children = new LinkedTransferQueue<Long>();
        for (int i = 0; i < BRANCHES; i++) {
            int first = number + i * (size / BRANCHES);
            Thread.ofVirtual().start(() -> node(children, first, size / BRANCHES));
        }
        long sum = 0;
        try {
            for (int i = 0; i < BRANCHES; i++) {
                sum += children.take();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        parent.put(sum);
    }
}
