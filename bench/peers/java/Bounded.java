import java.util.ArrayList;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.FutureTask;

/** bounded (Savina's bndBuffer, without its arithmetic): 40 producers, 40 consumers, a queue of 50 places. An operation is one number. */
final class Bounded {
    static final int PRODUCERS = 40;

    private static final int PLACES = 50;
    private static final int CONSUMERS = 40;

    static void run(int n) throws Exception {
        var buffer = new ArrayBlockingQueue<Integer>(PLACES);
        for (int i = 0; i < PRODUCERS; i++) {
            Tasks.start(() -> {
                for (int value = 0; value < n / PRODUCERS; value++) {
                    buffer.put(value);
                }
                return null;
            });
        }
        var consumers = new ArrayList<FutureTask<Long>>();
        for (int i = 0; i < CONSUMERS; i++) {
            consumers.add(Tasks.start(() -> {
                long sum = 0;
                for (int j = 0; j < n / CONSUMERS; j++) {
                    sum += buffer.take();
                }
                return sum;
            }));
        }
        long total = 0;
        for (var consumer : consumers) {
            total += consumer.get();
        }
        Peer.check("bounded", PRODUCERS * Peer.sumBelow(n / PRODUCERS), total);
    }
}
