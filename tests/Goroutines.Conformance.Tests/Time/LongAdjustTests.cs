using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.Time;

/// <summary>Go's TestLongAdjustTimers in time/tick_test.go.</summary>
[Collection(StressCollection.Name)]
public class LongAdjustTests
{
    /// <summary>With thousands of sleepers among the timers, goroutines that go through a queue with time-outs are not held up.</summary>
    [Fact(DisplayName = "go: time/tick_test.go TestLongAdjustTimers")]
    public Task Timeouts_AmongManySleepers_DoNotHoldUpAQueue() => Isolated.GoAsync(async () =>
    {
        const int Sleepers = 5_000;
        var sleepers = new WaitGroup();
        for (int i = 0; i < Sleepers; i++)
        {
            sleepers.Spawn(static async () => await Go.SleepAsync(TimeSpan.FromMicroseconds(10)));
        }

        for (int i = 0; i < 200; i++)
        {
            await Go.SleepAsync(TimeSpan.FromMicroseconds(1));
        }

        var input = new Chan<int>();
        var output = new Chan<int>();
        Goroutine queue = Go.Run(async () => await Queue(input, output));
        var select = new Select();
        ReceiveCase<int> work = select.Receive(output);
        ReceiveCase<DateTimeOffset> timeout = select.Receive(default(Receiver<DateTimeOffset>));
        for (int round = 0; round < 1_000; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                await input.SendAsync((20 * round) + i);
            }

            for (int i = 0; i < 20; i++)
            {
                timeout.Channel = Go.After(Limits.Wait);
                Assert.Equal(work.Index, await select.WaitAsync());
                Assert.Equal(((20 * round) + i, true), (work.Value, work.Ok));
            }
        }

        input.Close();
        await queue;
        Assert.False((await output.ReceiveAsync()).Ok);
        await sleepers.WaitAsync();
    });

    private static async ValueTask Queue(Receiver<int> input, Sender<int> output)
    {
        Queue<int> waiting = new();
        var select = new Select();
        SendCase<int> send = select.Send(output);
        ReceiveCase<int> receive = select.Receive(input);
        while (true)
        {
            send.Enabled = waiting.TryPeek(out int next);
            send.Value = next;
            if (await select.WaitAsync() == send.Index)
            {
                waiting.Dequeue();
            }
            else if (receive.Ok)
            {
                waiting.Enqueue(receive.Value);
            }
            else
            {
                output.Close();
                return;
            }
        }
    }
}
