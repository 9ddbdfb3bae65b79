import java.util.ArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedTransferQueue;

/** chameneos: creatures come to one place, where always two of them meet, see the other's colour and change their own. An operation is one meeting. */
final class Chameneos {
    private static final int CREATURES = 4;

    private record Creature(int colour, LinkedTransferQueue<Integer> met) {}

    static void run(int n) throws Exception {
        var place = new LinkedTransferQueue<Creature>();
        var creatures = new ArrayList<FutureTask<Integer>>();
        for (int i = 0; i < CREATURES; i++) {
            int colour = i % 3;
            creatures.add(Tasks.start(() -> live(colour, place)));
        }
        for (int i = 0; i < n; i++) {
            Creature one = place.take();
            Creature two = place.take();
            one.met.put(two.colour);
            two.met.put(one.colour);
        }
        for (int i = 0; i < CREATURES; i++) {
            place.take().met.put(-1);
        }
        long meetings = 0;
        for (var creature : creatures) {
            meetings += creature.get();
        }
        Peer.check("chameneos", 2L * n, meetings);
    }

    private static int live(int colour, LinkedTransferQueue<Creature> place) throws InterruptedException {
        var met = new LinkedTransferQueue<Integer>();
        for (int meetings = 0; ; meetings++) {
            place.put(new Creature(colour, met));
            int other = met.take();
            if (other < 0) {
                return meetings;
            }
            colour = other == colour ? colour : 3 - other - colour;
        }
    }
}
