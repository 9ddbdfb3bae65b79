import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedTransferQueue;

/**
 * big (Savina): 120 threads with a mailbox each. Each pings one of the others at random, again and again, and answers the pings of the others
 * meanwhile. An operation is one ping and its answer.
 */
final class Big {
    static final int MEMBERS = 120;

    private static final int PONG = -1;
    private static final int END = -2;

    static void run(int n) throws Exception {
        List<LinkedTransferQueue<Integer>> mailboxes = new ArrayList<>();
        for (int i = 0; i < MEMBERS; i++) {
            mailboxes.add(new LinkedTransferQueue<>());
        }
        var finished = new CountDownLatch(MEMBERS);
        var members = new ArrayList<FutureTask<Integer>>();
        for (int i = 0; i < MEMBERS; i++) {
            int number = i;
            members.add(Tasks.start(() -> member(number, n / MEMBERS, mailboxes, finished)));
        }
        finished.await();
        for (var mailbox : mailboxes) {
            mailbox.put(END);
        }
        long answers = 0;
        for (var member : members) {
            answers += member.get();
        }
        Peer.check("big", n, answers);
    }

    /** A message is the number of the member that pings, or one of the constants. */
    private static int member(int number, int pings, List<LinkedTransferQueue<Integer>> mailboxes, CountDownLatch finished) throws InterruptedException {
        var neighbours = new Neighbours(number);
        int answers = 0;
        mailboxes.get(neighbours.next()).put(number);
        while (true) {
            int message = mailboxes.get(number).take();
            if (message == END) {
                return answers;
            }
            if (message != PONG) {
                mailboxes.get(message).put(PONG);
            } else if (++answers < pings) {
                mailboxes.get(neighbours.next()).put(number);
            } else {
                finished.countDown();
            }
        }
    }

    /** The members that a member pings: drawn by a generator of its own, so that every side draws the same. */
    private static final class Neighbours {
        private final int member;
        private int state;

        Neighbours(int member) {
            this.member = member;
            state = (int) (member * 2654435761L + 1);
        }

        /** Any member but this one. */
        int next() {
            state = state * 1664525 + 1013904223;
            int other = (state >>> 8) % (MEMBERS - 1);
            return other < member ? other : other + 1;
        }
    }
}
