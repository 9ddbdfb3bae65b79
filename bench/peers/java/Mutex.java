import java.util.ArrayList;
import java.util.concurrent.locks.ReentrantLock;

/** mutex1, mutex8: a {@link ReentrantLock} around an increment, for one thread and for eight. */
final class Mutex {
    static final int CONTENDERS = 8;

    private final ReentrantLock lock = new ReentrantLock();
    private int counter;

    static void alone(int n) {
        var mutex = new Mutex();
        mutex.increment(n);
        Peer.check("mutex1", n, mutex.counter);
    }

    static void contended(int n) throws InterruptedException {
        var mutex = new Mutex();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < CONTENDERS; i++) {
            threads.add(Thread.ofVirtual().start(() -> mutex.increment(n / CONTENDERS)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Peer.check("mutex8", n, mutex.counter);
    }

    private void increment(int times) {
        for (int i = 0; i < times; i++) {
            lock.lock();
            try {
                counter++;
            } finally {
                lock.unlock();
            }
        }
    }
}
