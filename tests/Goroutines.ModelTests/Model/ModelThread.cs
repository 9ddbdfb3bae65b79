using System.Runtime.CompilerServices;

namespace Goroutines.ModelTests.Model;

/// <summary>A thread of the explored program. It is a real one, kept for the executions to come, but only one has its turn at a time.</summary>
internal sealed unsafe class ModelThread : IDisposable
{
    private const int StackSize = 1 << 20;

    [ThreadStatic]
    private static ModelThread? t_current;

    private readonly Gate _gate = new();
    private nint _stackTop;
    private Action? _body;
    private bool _quit;

    internal readonly Execution Execution;

    /// <summary>Its number; as an actor it has twice that, and its store buffer the number after.</summary>
    internal readonly int Number;
    internal readonly List<PendingStore> Buffer = [];
    internal readonly int[] Clock = new int[Execution.MostActors];

    /// <summary>Of the thread that woke it.</summary>
    internal readonly int[] WakeClock = new int[Execution.MostActors];

    /// <summary>The event that woke it; see <see cref="OrderGraph"/>.</summary>
    internal int WakeOrder;
    internal readonly ThreadOrder Order = new();

    internal string Name = "";

    /// <summary>Whether it may be asleep when everything is over.</summary>
    internal bool MayStay;
    internal Operation Pending;
    internal bool Woken;
    internal bool TimedOut;
    internal long Deadline;

    /// <summary>Stores of others seen so far, when it last began to spin.</summary>
    internal int SpinsSince;
    internal bool IsAborted;

    internal ModelThread(Execution execution, int number)
    {
        Execution = execution;
        Number = number;
        Thread thread = new(Loop, StackSize) { IsBackground = true, Name = $"model thread {number}" };
        thread.UnsafeStart();
    }

    /// <summary>The calling thread, if it is one that is being explored.</summary>
    internal static ModelThread? Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => t_current;
    }

    internal int Actor => 2 * Number;

    /// <summary>Makes it ready for an execution; it begins when it is first chosen.</summary>
    internal void Reset(string name, Action body, bool mayStay)
    {
        Name = name;
        MayStay = mayStay;
        _body = body;
        Buffer.Clear();
        Array.Clear(Clock);
        Order.Reset();
        Woken = false;
        TimedOut = false;
        Deadline = long.MaxValue;
        SpinsSince = -1;
        IsAborted = false;
        Pending = new Operation { Kind = OpKind.Start, Site = -1, Thread = Number };
    }

    internal void GiveTurn() => _gate.Open();

    internal void AwaitTurn()
    {
        _gate.Pass();
        if (IsAborted)
        {
            throw new ExecutionAbortedException();
        }
    }

    /// <summary>Between executions: ends the thread.</summary>
    public void Dispose()
    {
        _quit = true;
        _gate.Open();
    }

    /// <summary>Whether an address is on this thread's own stack, where nobody else looks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool OnStack(nint address) => (nuint)(_stackTop - address) < StackSize;

    private void Loop()
    {
        int local = 0;
        _stackTop = (nint)(&local) + 1024;
        while (true)
        {
            _gate.Pass();
            if (_quit)
            {
                _gate.Dispose();
                return;
            }

            t_current = this;
            try
            {
                if (!IsAborted)
                {
                    ThreadStatics.Clear();
                    _body!();
                }
            }
            catch (ExecutionAbortedException)
            {
            }
            catch (Exception exception)
            {
                Execution.Failed(this, exception);
            }

            t_current = null;
            SynchronizationContext.SetSynchronizationContext(null);
            Execution.Finished(this);
        }
    }
}
