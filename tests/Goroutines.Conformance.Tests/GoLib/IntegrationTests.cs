using System.Diagnostics;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Conformance.Tests.GoLib;

/// <summary>go-lib's tests/integration.rs: goroutines, channels, select, wait groups, the entry.</summary>
public class IntegrationTests
{
    [Fact(DisplayName = "go: go-lib/tests/integration.rs hello_goroutine")]
    public Task Receive_FromAGoroutine_GetsItsValue() => Entry.RunAsync(static async () =>
    {
        var channel = new Chan<string>();
        Go.Spawn(async () => await channel.SendAsync("hello"));
        Assert.Equal(new Received<string>("hello", true), await channel.ReceiveAsync());
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs fan_out")]
    public Task FanOut_AllValuesArrive() => Entry.RunAsync(static async () =>
    {
        var channel = new Chan<int>(8);
        for (int i = 1; i <= 8; i++)
        {
            int value = i;
            Go.Spawn(async () => await channel.SendAsync(value));
        }

        Assert.Equal(36, await Sum(channel, 8));
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs pipeline_three_stage")]
    public Task Pipeline_EndsStageByStage() => Entry.RunAsync(static async () =>
    {
        var numbers = new Chan<long>();
        var squares = new Chan<long>();
        Go.Spawn(async () =>
        {
            for (long i = 1; i <= 5; i++)
            {
                await numbers.SendAsync(i);
            }

            numbers.Close();
        });
        Go.Spawn(async () =>
        {
            await foreach (long number in numbers)
            {
                await squares.SendAsync(number * number);
            }

            squares.Close();
        });
        long sum = 0;
        await foreach (long square in squares)
        {
            sum += square;
        }

        Assert.Equal(55, sum);
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs waitgroup_fan_out")]
    public Task WaitGroup_WaitsForAll() => Entry.RunAsync(static async () =>
    {
        int count = 0;
        var group = new WaitGroup();
        for (int i = 0; i < 16; i++)
        {
            group.Add(1);
            Go.Spawn(() =>
            {
                Interlocked.Increment(ref count);
                group.Done();
                return default;
            });
        }

        await group.WaitAsync();
        Assert.Equal(16, count);
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs ping_pong")]
    public Task PingPong_EachHandsTheNumberBackOneHigher() => Entry.RunAsync(static async () =>
    {
        var there = new Chan<int>();
        var back = new Chan<int>();
        Goroutine first = Go.Run(async () =>
        {
            await foreach (int number in there)
            {
                await back.SendAsync(number + 1);
            }

            back.Close();
        });
        Goroutine<int> second = Go.Run(async () =>
        {
            int hops = 0;
            await foreach (int number in back)
            {
                hops++;
                if (number < 20)
                {
                    await there.SendAsync(number + 1);
                }
                else
                {
                    there.Close();
                }
            }

            return hops;
        });
        await there.SendAsync(0);
        await first;
        Assert.Equal(11, await second);
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs select_fan_in")]
    public Task Select_TwoSenders_GetsBoth() => Entry.RunAsync(static async () =>
    {
        var first = new Chan<int>();
        var second = new Chan<int>();
        Go.Spawn(async () => await first.SendAsync(10));
        Go.Spawn(async () => await second.SendAsync(20));
        var select = new Select();
        ReceiveCase<int>[] cases = [select.Receive(first), select.Receive(second)];
        int total = 0;
        for (int i = 0; i < 2; i++)
        {
            total += cases[await select.WaitAsync()].Value;
        }

        Assert.Equal(30, total);
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs done_channel_cancels_goroutine")]
    public Task Select_DoneChannel_EndsALoopThatPolls() => Entry.RunAsync(static async () =>
    {
        var done = new Chan<Unit>();
        var ticks = new Chan<Unit>(4);
        int seen = 0;
        Goroutine worker = Go.Run(async () =>
        {
            var select = new Select();
            ReceiveCase<Unit> end = select.Receive(done);
            select.Receive(ticks);
            while (!end.Selected)
            {
                if (!select.TryWait(out int index))
                {
                    await Go.Yield();
                }
                else if (index == 1)
                {
                    Interlocked.Increment(ref seen);
                }
            }
        });
        for (int i = 0; i < 3; i++)
        {
            await ticks.SendAsync(default);
        }

        while (Volatile.Read(ref seen) < 3)
        {
            await Go.Yield();
        }

        await done.SendAsync(default);
        await worker;
        Assert.Equal(3, seen);
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs buffered_never_blocks_sender")]
    public Task Buffer_WithRoom_SenderDoesNotWait() => Entry.RunAsync(static async () =>
    {
        const int Size = 64;
        var channel = new Chan<int>(Size);
        for (int i = 0; i < Size; i++)
        {
            ValueTask sent = channel.SendAsync(i);
            Assert.True(sent.IsCompletedSuccessfully);
            await sent;
        }

        Assert.Equal(Size * (Size - 1) / 2, await Go.Run(async () => await Sum(channel, Size)));
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs sleep_completes")]
    public Task Sleep_LastsItsTime() => Entry.RunAsync(static async () =>
    {
        var delay = TimeSpan.FromMilliseconds(10);
        TimeSpan slept = default;
        var group = new WaitGroup();
        group.Spawn(async () =>
        {
            long begun = Stopwatch.GetTimestamp();
            await Go.SleepAsync(delay);
            slept = Stopwatch.GetElapsedTime(begun);
        });
        await group.WaitAsync();
        Assert.True(slept >= delay, $"It slept for {slept} only.");
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs select_send_drops_on_full_buffer")]
    public Task TryWait_SendToAFullBuffer_LeavesTheBufferAsItWas() => Entry.RunAsync(static async () =>
    {
        var channel = new Chan<string>(1);
        await channel.SendAsync("first");
        var select = new Select();
        select.Send(channel, "second");
        Assert.False(select.TryWait(out _));
        Assert.Equal("first", (await channel.ReceiveAsync()).Value);
        Assert.False(channel.TryReceive(out _));
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs waitgroup_reuse")]
    public Task WaitGroup_UsedAgain_WaitsAgain() => Entry.RunAsync(static async () =>
    {
        int total = 0;
        var group = new WaitGroup();
        for (int round = 1; round <= 3; round++)
        {
            for (int i = 0; i < 4; i++)
            {
                group.Add(1);
                Go.Spawn(() =>
                {
                    Interlocked.Increment(ref total);
                    group.Done();
                    return default;
                });
            }

            await group.WaitAsync();
            Assert.Equal(4 * round, total);
        }
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs with_syscall_unblocks_scheduler")]
    public Task Blocking_OnTheOnlyP_LetsOthersRun() => Entry.RunAsync(1, static () =>
    {
        bool ran = false;
        Go.Spawn(() =>
        {
            Volatile.Write(ref ran, true);
            return default;
        });
        Assert.True(Go.Blocking(() => SpinWait.SpinUntil(() => Volatile.Read(ref ran), Limits.Wait)), "Nobody ran during the call.");
        return default;
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs entry_forwards_scalar_return")]
    public async Task Main_ReturnsANumber() => Assert.Equal(10, await Entry.RunAsync(static async () =>
    {
        var channel = new Chan<int>(4);
        for (int i = 1; i <= 4; i++)
        {
            int value = i;
            Go.Spawn(async () => await channel.SendAsync(value));
        }

        return await Sum(channel, 4);
    }));

    [Fact(DisplayName = "go: go-lib/tests/integration.rs entry_moves_captures_into_goroutine")]
    public Task Main_GivesItsLocalsToGoroutines() => Entry.RunAsync(static async () =>
    {
        int value = 7;
        var channel = new Chan<int>(1);
        Go.Spawn(static state => state.channel.SendAsync(state.value * 2), (channel, value));
        Assert.Equal(14, (await channel.ReceiveAsync()).Value);
    });

    [Fact(DisplayName = "go: go-lib/tests/integration.rs entry_forwards_heap_value")]
    public async Task Main_ReturnsAString() => Assert.Equal("hello from goroutine", await Entry.RunAsync(static async () =>
    {
        var channel = new Chan<string>(1);
        Go.Spawn(async () => await channel.SendAsync("hello from goroutine"));
        return (await channel.ReceiveAsync()).Value;
    }));

    private static async ValueTask<int> Sum(Receiver<int> channel, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += (await channel.ReceiveAsync()).Value;
        }

        return sum;
    }
}
