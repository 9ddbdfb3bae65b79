import java.util.concurrent.LinkedTransferQueue;

/** pingpong, pingpong100: two threads, a queue each way; one answers each number with the next one. An operation is one number and its answer. */
final class PingPong {
    static void run(int inFlight, int n) throws InterruptedException {
        var pings = new LinkedTransferQueue<Integer>();
        var pongs = new LinkedTransferQueue<Integer>();
        Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; i < n; i++) {
                    pongs.put(pings.take() + 1);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        for (int i = 0; i < inFlight; i++) {
            pings.put(i);
        }
        long sum = 0;
        for (int i = inFlight; i < n; i++) {
            sum += pongs.take();
            pings.put(i);
        }
        for (int i = 0; i < inFlight; i++) {
            sum += pongs.take();
        }
        Peer.check("pingpong", Peer.sumBelow(n) + n, sum);
    }
}
