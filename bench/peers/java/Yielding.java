import java.util.ArrayList;

/** yield: 4 threads that yield. */
final class Yielding {
    static final int YIELDERS = 4;

    static void run(int n) throws InterruptedException {
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < YIELDERS; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int j = 0; j < n / YIELDERS; j++) {
                    Thread.yield();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
