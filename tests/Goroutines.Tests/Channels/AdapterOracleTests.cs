using System.Threading.Channels;
using Goroutines.Tests.Support;
using Xunit;

namespace Goroutines.Tests.Channels;

/// <summary>The views as framework channels do what the framework's bounded channel does, operation for operation.</summary>
public class AdapterOracleTests
{
    private enum Kind
    {
        TryWrite,
        TryRead,
        Write,
        Read,
        WaitToWrite,
        WaitToRead,
        Cancel,
        Complete,
        Count,
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void RandomOperations_AgreeWithTheBoundedChannel(int capacity)
        => Samples.Check(kinds: 40, targets: 6, length: 40, samples: 300, steps => Compare(capacity, steps));

    [Fact]
    public async Task Completion_EveryError_AgreesWithTheBoundedChannel()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        foreach (Exception? error in (Exception?[])[null, new InvalidDataException("because"), new OperationCanceledException(cancelled.Token), new TaskCanceledException()])
        {
            foreach (bool full in (bool[])[true, false])
            {
                Channel<int> expected = Channel.CreateBounded<int>(1);
                var channel = new Chan<int>(1);
                (ChannelReader<int> Reader, ChannelWriter<int> Writer)[] both = [(expected.Reader, expected.Writer), (channel.Receiver.ToChannelReader(), channel.Sender.ToChannelWriter())];
                string[] told = await Task.WhenAll(both.Select(async one =>
                {
                    var lines = new List<string>();
                    if (full)
                    {
                        await one.Writer.WriteAsync(1);
                    }

                    Task pendingWrite = full ? one.Writer.WriteAsync(2).AsTask() : Task.CompletedTask;
                    Task pendingRoom = full ? one.Writer.WaitToWriteAsync().AsTask() : Task.CompletedTask;
                    Task pendingRead = full ? Task.CompletedTask : one.Reader.ReadAsync().AsTask();
                    Task pendingValue = full ? Task.CompletedTask : one.Reader.WaitToReadAsync().AsTask();
                    lines.Add($"{one.Writer.TryComplete(error)} {one.Writer.TryComplete(error)} {one.Writer.TryWrite(3)}");
                    foreach (Func<Task> use in (Func<Task>[])[
                        () => pendingWrite, () => pendingRoom, () => pendingRead, () => pendingValue,
                        () => one.Writer.WriteAsync(4).AsTask(), () => one.Writer.WaitToWriteAsync().AsTask(),
                        async () => lines.Add($"{one.Reader.TryRead(out int value)} {value}"),
                        () => one.Reader.ReadAsync().AsTask(), () => one.Reader.WaitToReadAsync().AsTask(), () => one.Reader.Completion])
                    {
                        Exception? thrown = await Record.ExceptionAsync(use);
                        lines.Add(thrown is OperationCanceledException ? "cancelled" : $"{thrown?.GetType()} {ReferenceEquals(thrown, error)} {ReferenceEquals(thrown?.InnerException, error)}");
                    }

                    return string.Join(Environment.NewLine, lines);
                }));
                Assert.Equal(told[0], told[1]);
            }
        }
    }

    private static void Compare(int capacity, Samples.Step[] steps)
    {
        Channel<int> expected = Channel.CreateBounded<int>(capacity);
        var channel = new Chan<int>(capacity);
        var oracle = new Side(expected.Reader, expected.Writer);
        var mine = new Side(channel.Receiver.ToChannelReader(), channel.Sender.ToChannelWriter());
        int next = 0;
        foreach (Samples.Step step in steps)
        {
            // Completing is rare: after it little happens.
            Kind kind = step.Kind == 39 ? Kind.Complete : (Kind)(step.Kind % 9 is var k && k == (int)Kind.Complete ? (int)Kind.TryRead : step.Kind % 9);
            int value = ++next;
            string should = oracle.Do(kind, step.Target, value);
            string did = mine.Do(kind, step.Target, value);
            Assert.True(should == did, $"{kind}: {did} instead of {should}");
            Agree(oracle, mine, $"after {kind} {value}");
        }
    }

    /// <summary>Continuations run asynchronously on both sides: give them time.</summary>
    private static void Agree(Side oracle, Side mine, string when)
    {
        long begun = Environment.TickCount64;
        while (true)
        {
            string should = oracle.State();
            string state = mine.State();
            if (should == state)
            {
                return;
            }

            Assert.True(Environment.TickCount64 - begun < Limits.Wait.TotalMilliseconds, $"{when}: {state} instead of {should}");
            Thread.Sleep(0);
        }
    }

    private sealed class Side(ChannelReader<int> reader, ChannelWriter<int> writer)
    {
        private readonly List<(Task<string> Outcome, CancellationTokenSource Cancellation, bool Waits)> _pending = [];
        private readonly HashSet<Task<string>> _cancelledWaits = [];

        public string Do(Kind kind, int target, int value)
        {
            switch (kind)
            {
                case Kind.TryWrite:
                    return writer.TryWrite(value).ToString();
                case Kind.TryRead:
                    return $"{reader.TryRead(out int read)} {read}";
                case Kind.Write:
                    Start(async token =>
                    {
                        await writer.WriteAsync(value, token).ConfigureAwait(false);
                        return "written";
                    });
                    return "";
                case Kind.Read:
                    Start(async token => $"{await reader.ReadAsync(token).ConfigureAwait(false)}");
                    return "";
                case Kind.WaitToWrite:
                    Start(async token => $"{await writer.WaitToWriteAsync(token).ConfigureAwait(false)}", waits: true);
                    return "";
                case Kind.WaitToRead:
                    Start(async token => $"{await reader.WaitToReadAsync(token).ConfigureAwait(false)}", waits: true);
                    return "";
                case Kind.Cancel:
                    if (target < _pending.Count)
                    {
                        (Task<string> outcome, CancellationTokenSource cancellation, bool waits) = _pending[^(target + 1)];
                        if (waits)
                        {
                            _cancelledWaits.Add(outcome); // it may have been told already: then the one or the other is right
                        }

                        cancellation.Cancel();
                    }

                    return "";
                case Kind.Complete:
                    return writer.TryComplete(target == 0 ? new InvalidDataException() : target == 1 ? new OperationCanceledException() : null).ToString();
                default:
                    return $"{reader.Count}";
            }
        }

        public string State() => string.Join(", ", _pending.Select(one => !one.Outcome.IsCompleted ? "…" : _cancelledWaits.Contains(one.Outcome) ? "ended" : one.Outcome.Result)) + $"; {reader.Completion.Status}, {reader.Count}";

        private void Start(Func<CancellationToken, Task<string>> operation, bool waits = false)
        {
            var cancellation = new CancellationTokenSource();
            _pending.Add((Outcome(operation, cancellation.Token), cancellation, waits));
        }

        private static async Task<string> Outcome(Func<CancellationToken, Task<string>> operation, CancellationToken token)
        {
            try
            {
                return await operation(token).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                return exception is OperationCanceledException ? "cancelled" : exception.GetType().Name;
            }
        }
    }
}
