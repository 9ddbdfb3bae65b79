import java.util.concurrent.LinkedTransferQueue;

/** counting (Savina's count): one thread puts, one adds up. An operation is one number. */
final class Counting {
    static void run(int n) throws Exception {
        var numbers = new LinkedTransferQueue<Integer>();
        var counter = Tasks.start(() -> sum(numbers));
        for (int i = 0; i < n; i++) {
            numbers.put(i);
        }
        numbers.put(-1);
        Peer.check("counting", Peer.sumBelow(n), counter.get());
    }

    /** Adds up to the number -1. */
    static long sum(LinkedTransferQueue<Integer> numbers) throws InterruptedException {
        long sum = 0;
        for (int value = numbers.take(); value >= 0; value = numbers.take()) {
            sum += value;
        }
        return sum;
    }
}
