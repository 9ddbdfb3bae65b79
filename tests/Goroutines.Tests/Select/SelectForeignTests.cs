using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Selects;

/// <summary>Selects of tasks, threads and other contexts, and the synchronous form.</summary>
public class SelectForeignTests
{
    [Fact]
    public async Task Wait_OnAThread_BlocksUntilACaseCanGoOn()
    {
        var input = new Chan<int>();
        var output = new Chan<int>();
        Task<(int, int)> waiter = PlainThread.Run(() =>
        {
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(input);
            select.Send(output, 8);
            int first = select.Wait();
            receive.Enabled = false;
            Assert.Equal(1, select.Wait());
            return (first, receive.Value);
        });
        await Poll.UntilAsync(() => input.TrySend(3), "the select to wait");
        Received<int> taken = default;
        await Poll.UntilAsync(() => output.TryReceive(out taken), "the select to wait again");
        Assert.Equal(8, taken.Value);
        Assert.Equal((0, 0), await waiter);
    }

    [Fact]
    public async Task Wait_SomethingReady_ReturnsOnTheSameThread()
    {
        await PlainThread.Run(() =>
        {
            var channel = new Chan<int>(1);
            var select = new Select();
            select.Send(channel, 8);
            int thread = Environment.CurrentManagedThreadId;
            Assert.Equal(0, select.Wait());
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
            Assert.Equal(1, channel.Count);
        });
    }

    [Fact]
    public Task Wait_InsideAGoroutineWithOneP_LetsThePartnerRun() => Isolated.GoAsync(1, async () =>
    {
        var input = new Chan<int>();
        var output = new Chan<int>();
        Goroutine partner = Go.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                await input.SendAsync(i);
                Assert.Equal(i, (await output.ReceiveAsync()).Value);
            }
        });
        var select = new Select();
        ReceiveCase<int> receive = select.Receive(input);
        SendCase<int> send = select.Send(default(Sender<int>));
        long id = Go.CurrentId;
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(0, select.Wait());
            send.Value = receive.Value;
            send.Channel = output;
            Assert.Equal(1, select.Wait());
            send.Channel = default;
            Assert.Equal(id, Go.CurrentId);
        }

        await partner;
    });

    [Fact]
    public async Task WaitAsync_WithContext_ResumesInIt()
    {
        using var context = new RecordingContext();
        var channel = new Chan<int>();
        await context.Run(async () =>
        {
            var select = new Select();
            select.Receive(channel);

            // The context's one thread gets to the send only when the wait has been awaited.
            Task sender = context.RunNext(() => Assert.True(channel.TrySend(1)));
            Assert.Equal(0, await select.WaitAsync());
            Assert.Same(context, SynchronizationContext.Current);
            Assert.Equal(context.ThreadId, Environment.CurrentManagedThreadId);
            await sender;

            sender = context.RunNext(() => Assert.True(channel.TrySend(1)));
            Assert.Equal(0, await select.WaitAsync().ConfigureAwait(false));
            Assert.NotEqual(context.ThreadId, Environment.CurrentManagedThreadId);
            Assert.True(Thread.CurrentThread.IsThreadPoolThread);
            await sender;
        }).WaitAsync(Limits.Wait, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Completion_NeverRunsTheAwaiterInline(int completer)
    {
        var input = new Chan<int>();
        var output = new Chan<int>();
        using var cancellation = new CancellationTokenSource();
        using var returned = new ManualResetEventSlim();
        Task<int> awaiter = WaitAsync();
        await PlainThread.Run(() =>
        {
            switch (completer)
            {
                case 0:
                    Assert.True(input.TrySend(1));
                    break;
                case 1:
                    Assert.True(output.TryReceive(out _));
                    break;
                case 2:
                    input.Close();
                    break;
                default:
                    cancellation.Cancel();
                    break;
            }

            returned.Set();
        });
        Assert.Equal(completer switch { 1 => 1, 3 => -1, _ => 0 }, await awaiter);

        async Task<int> WaitAsync()
        {
            var select = new Select();
            select.Receive(input);
            select.Send(output, 1);
            int index;
            try
            {
                index = await select.WaitAsync(cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                index = -1;
            }

            Assert.True(returned.Wait(Limits.Wait), "The awaiter ran inside the completing call.");
            return index;
        }
    }

    [Fact]
    public Task Selects_OfTasksThreadsAndGoroutines_MeetOnOneChannel() => Isolated.RunAsync(2, async runtime =>
    {
        const int Values = 200;
        var channel = new Chan<int>();
        var quit = new Chan<int>();
        long sum = 0;
        async Task Receive()
        {
            var select = new Select();
            ReceiveCase<int> receive = select.Receive(channel);
            select.Receive(quit);
            while (await select.WaitAsync() == 0)
            {
                Interlocked.Add(ref sum, receive.Value);
            }
        }

        Task[] receivers =
        [
            Task.Run(Receive),
            runtime.Run(Receive).JoinAsync().AsTask(),
            PlainThread.Run(() =>
            {
                var select = new Select();
                select.Receive(quit);
                ReceiveCase<int> receive = select.Receive(channel);
                while (select.Wait() == 1)
                {
                    Interlocked.Add(ref sum, receive.Value);
                }
            }),
        ];
        Task[] senders =
        [
            Task.Run(async () =>
            {
                for (int i = 0; i < Values; i++)
                {
                    await channel.SendAsync(1);
                }
            }),
            runtime.Run(async () =>
            {
                for (int i = 0; i < Values; i++)
                {
                    await channel.SendAsync(1000);
                }
            }).JoinAsync().AsTask(),
            PlainThread.Run(() =>
            {
                for (int i = 0; i < Values; i++)
                {
                    channel.Send(1_000_000);
                }
            }),
        ];
        await Task.WhenAll(senders);
        quit.Close();
        await Task.WhenAll(receivers);
        Assert.Equal(Values * 1_001_001L, sum);
    });
}
