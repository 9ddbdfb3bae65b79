import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** A virtual thread with a result. */
final class Tasks {
    static <T> FutureTask<T> start(Callable<T> body) {
        var task = new FutureTask<T>(body);
        Thread.ofVirtual().start(task);
        return task;
    }
}
