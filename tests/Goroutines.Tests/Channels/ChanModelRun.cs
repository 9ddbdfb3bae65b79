using System.Threading.Channels;
using Xunit;
using static Goroutines.Tests.Support.Samples;

namespace Goroutines.Tests.Channels;

/// <summary>Takes the same steps on channels and on their model, and compares everything after each.</summary>
internal sealed class ChanModelRun
{
    public const int Kinds = 12;
    public const int Channels = 3;
    private const int Selects = 4;

    private readonly ChanModel _model;
    private readonly Chan<int>[] _channels;
    private readonly List<Pending> _pending = [];
    private readonly ReusedSelect[] _selects = new ReusedSelect[Selects];

    private ChanModelRun(int[] capacities)
    {
        _model = new ChanModel(capacities);
        _channels = [.. capacities.Select(capacity => new Chan<int>(capacity))];
        for (int i = 0; i < Selects; i++)
        {
            // Receive twice, send twice, both on one channel, one of each on all. Never twice the same on one channel: which of
            // the two a partner finds is chance, and is not in the model (see SelectSameChannelTests).
            (int Channel, bool IsSend)[] cases = i switch
            {
                0 => [(0, false), (1, false)],
                1 => [(1, true), (2, true)],
                2 => [(0, true), (0, false), (1, true)],
                _ => [(0, false), (1, true), (2, false), (2, true)],
            };
            _selects[i] = new ReusedSelect(_channels, cases);
        }
    }

    public static void Run(Step[] steps)
    {
        // The first step says how large the channels are.
        int sizes = steps[0].Value;
        var run = new ChanModelRun([sizes % 3, sizes / 3 % 3, sizes / 9 % 5]);
        foreach (Step step in steps)
        {
            run.Take(step);
            run.Compare();
        }
    }

    private void Take(Step step)
    {
        int at = step.Target % Channels;
        Chan<int> channel = _channels[at];
        ChanModel.Case send = new(at, step.Value);
        ChanModel.Case receive = new(at, null);
        switch (step.Kind)
        {
            case 0 or 1:
                Begin([send], token => new PlainSend(channel.SendAsync(step.Value, token)));
                break;
            case 2 or 3:
                Begin([receive], token => new PlainReceive(channel.ReceiveAsync(token)));
                break;
            case 4:
                Try([send], () => Outcome(() => channel.TrySend(step.Value) ? ChanModel.Sent(0) : null));
                break;
            case 5:
                Try([receive], () => channel.TryReceive(out Received<int> received) ? Text(0, received) : null);
                break;
            case 6 when step.Value < 20:
                Assert.Equal(_model.TryClose(at), channel.TryClose());
                break;
            case 7 or 8 when _pending.Count > 0:
                Pending cancelled = _pending[step.Value % _pending.Count];
                cancelled.Cancellation.Cancel();
                ChanModel.Cancel(cancelled.Model);
                break;
            case 9 or 10:
                ReusedSelect waits = _selects[step.Target % Selects];
                if (!waits.IsWaiting)
                {
                    Begin(waits.Offer(step.Value), waits.Wait);
                }

                break;
            case 11:
                ReusedSelect tries = _selects[step.Target % Selects];
                if (!tries.IsWaiting)
                {
                    Try(tries.Offer(step.Value), tries.TryWait);
                }

                break;
            default:
                break;
        }
    }

    private void Begin(ChanModel.Case[] cases, Func<CancellationToken, Operation> begin)
    {
        var cancellation = new CancellationTokenSource();
        int[] ready = _model.Ready(cases);
        Operation operation = begin(cancellation.Token);
        Assert.Equal(ready.Length > 0, operation.IsCompleted);
        if (ready.Length > 0)
        {
            AssertOneOf(cases, ready, operation.TakeOutcome());
        }
        else
        {
            _pending.Add(new Pending(_model.Wait(cases), operation, cancellation));
        }
    }

    private void Try(ChanModel.Case[] cases, Func<string?> attempt)
    {
        int[] ready = _model.Ready(cases);
        string? outcome = attempt();
        if (ready.Length == 0)
        {
            Assert.Null(outcome);
        }
        else
        {
            AssertOneOf(cases, ready, outcome);
        }
    }

    /// <summary>Among ready cases the choice is free: the model follows what was chosen. A failed send does not say which it was.</summary>
    private void AssertOneOf(ChanModel.Case[] cases, int[] ready, string? outcome)
    {
        if (outcome == ChanModel.Closed)
        {
            Assert.Contains(ready, index => cases[index].IsSend && _model.IsClosed(cases[index].Channel));
            return;
        }

        Assert.NotNull(outcome);
        int chosen = int.Parse(outcome.AsSpan(0, 1));
        Assert.Contains(chosen, ready);
        Assert.Equal(_model.Perform(cases[chosen], chosen), outcome);
    }

    private void Compare()
    {
        for (int i = 0; i < Channels; i++)
        {
            Assert.Equal(_model.Count(i), _channels[i].Count);
        }

        for (int i = _pending.Count - 1; i >= 0; i--)
        {
            Pending pending = _pending[i];
            Assert.Equal(pending.Model.Outcome is not null, pending.Operation.IsCompleted);
            if (pending.Model.Outcome is { } expected)
            {
                Assert.Equal(expected, pending.Operation.TakeOutcome());
                _pending.RemoveAt(i);
            }
        }
    }

    private static string Text(int index, Received<int> received)
        => received.Ok ? ChanModel.Received(index, received.Value) : ChanModel.Nothing(index);

    private static string? Outcome(Func<string?> take)
    {
        try
        {
            return take();
        }
        catch (ChannelClosedException)
        {
            return ChanModel.Closed;
        }
        catch (OperationCanceledException)
        {
            return ChanModel.Cancelled;
        }
    }

    private sealed record Pending(ChanModel.Waiter Model, Operation Operation, CancellationTokenSource Cancellation);

    private abstract class Operation
    {
        public abstract bool IsCompleted { get; }

        public string TakeOutcome() => Outcome(Take)!;

        protected abstract string Take();
    }

    private sealed class PlainSend(ValueTask task) : Operation
    {
        public override bool IsCompleted => task.IsCompleted;

        protected override string Take()
        {
            task.GetAwaiter().GetResult();
            return ChanModel.Sent(0);
        }
    }

    private sealed class PlainReceive(ValueTask<Received<int>> task) : Operation
    {
        public override bool IsCompleted => task.IsCompleted;

        protected override string Take() => Text(0, task.GetAwaiter().GetResult());
    }

    /// <summary>A select that is used again and again, as the type is meant to be.</summary>
    private sealed class ReusedSelect
    {
        private readonly Select _select = new();
        private readonly (int Channel, bool IsSend)[] _shape;
        private readonly SelectCase[] _cases;

        public ReusedSelect(Chan<int>[] channels, (int Channel, bool IsSend)[] shape)
        {
            _shape = shape;
            _cases = [.. shape.Select(SelectCase (one) => one.IsSend ? _select.Send(channels[one.Channel]) : _select.Receive(channels[one.Channel]))];
        }

        public bool IsWaiting { get; private set; }

        public ChanModel.Case[] Offer(int value)
        {
            var offered = new ChanModel.Case[_cases.Length];
            for (int i = 0; i < _cases.Length; i++)
            {
                offered[i] = new ChanModel.Case(_shape[i].Channel, _shape[i].IsSend ? value + (100 * i) : null);
                if (_cases[i] is SendCase<int> send)
                {
                    send.Value = value + (100 * i);
                }
            }

            return offered;
        }

        public Operation Wait(CancellationToken token)
        {
            IsWaiting = true;
            return new Waiting(this, _select.WaitAsync(token));
        }

        public string? TryWait() => Outcome(() => _select.TryWait(out int index) ? TextOf(index) : null);

        private string TextOf(int index)
        {
            Assert.Equal([index], _cases.Where(candidate => candidate.Selected).Select(candidate => candidate.Index));
            return _cases[index] is ReceiveCase<int> receive ? Text(index, new Received<int>(receive.Value, receive.Ok)) : ChanModel.Sent(index);
        }

        private sealed class Waiting(ReusedSelect owner, ValueTask<int> task) : Operation
        {
            public override bool IsCompleted => task.IsCompleted;

            protected override string Take()
            {
                owner.IsWaiting = false;
                return owner.TextOf(task.GetAwaiter().GetResult());
            }
        }
    }
}
