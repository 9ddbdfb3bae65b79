using System.Threading.Channels;
using Xunit;
using static Goroutines.Tests.Support.Samples;

namespace Goroutines.Tests.Channels;

/// <summary>The same random steps on a channel of ours and on one of the framework's: everything they have in common is alike.</summary>
public class ChanDifferentialTests
{
    private const int Kinds = 6;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Operations_DoWhatTheFrameworksBoundedChannelDoes(int capacity)
        => Check(Kinds, 1, 60, 500, steps => new Pair(capacity).Run(steps));

    private sealed class Pair(int capacity)
    {
        private readonly Chan<int> _ours = new(capacity);
        private readonly Channel<int> _theirs = Channel.CreateBounded<int>(capacity);
        private readonly List<(Func<string> Ours, Func<string> Theirs, CancellationTokenSource Cancellation)> _pending = [];

        public void Run(Step[] steps)
        {
            foreach (Step step in steps)
            {
                Take(step);
                if (capacity > 0)
                {
                    Assert.Equal(_theirs.Reader.Count, _ours.Count);
                }

                for (int i = _pending.Count - 1; i >= 0; i--)
                {
                    string outcome = _pending[i].Ours();
                    Assert.Equal(_pending[i].Theirs(), outcome);
                    if (outcome.Length > 0)
                    {
                        _pending.RemoveAt(i);
                    }
                }
            }
        }

        private void Take(Step step)
        {
            switch (step.Kind)
            {
                case 0:
                    var send = new CancellationTokenSource();
                    ValueTask ours = _ours.SendAsync(step.Value, send.Token);
                    ValueTask theirs = _theirs.Writer.WriteAsync(step.Value, send.Token);
                    _pending.Add((() => Sent(ours), () => Sent(theirs), send));
                    break;
                case 1:
                    var receive = new CancellationTokenSource();
                    ValueTask<Received<int>> received = _ours.ReceiveAsync(receive.Token);
                    ValueTask<int> read = _theirs.Reader.ReadAsync(receive.Token);
                    _pending.Add((() => Taken(received), () => Taken(read), receive));
                    break;
                case 2:
                    bool tried;
                    try
                    {
                        tried = _ours.TrySend(step.Value);
                    }
                    catch (ChannelClosedException)
                    {
                        tried = false;
                    }

                    Assert.Equal(_theirs.Writer.TryWrite(step.Value), tried);
                    break;
                case 3:
                    bool got = _ours.TryReceive(out Received<int> value) && value.Ok;
                    Assert.Equal(_theirs.Reader.TryRead(out int item), got);
                    Assert.Equal(item, value.Value);
                    break;
                case 4 when _pending.Count > 0:
                    _pending[step.Value % _pending.Count].Cancellation.Cancel();
                    break;
                case 5 when step.Value < 10:
                    Assert.Equal(_theirs.Writer.TryComplete(), _ours.TryClose());
                    break;
                default:
                    break;
            }
        }

        private static string Sent(ValueTask task) => !task.IsCompleted ? "" : Outcome(() =>
        {
            task.GetAwaiter().GetResult();
            return "sent";
        });

        private static string Taken(ValueTask<Received<int>> task) => !task.IsCompleted ? "" : Outcome(() =>
        {
            var (value, ok) = task.GetAwaiter().GetResult();
            return ok ? $"received {value}" : "closed";
        });

        private static string Taken(ValueTask<int> task)
            => !task.IsCompleted ? "" : Outcome(() => $"received {task.GetAwaiter().GetResult()}");

        private static string Outcome(Func<string> take)
        {
            try
            {
                return take();
            }
            catch (ChannelClosedException)
            {
                return "closed";
            }
            catch (OperationCanceledException)
            {
                return "cancelled";
            }
        }
    }
}
