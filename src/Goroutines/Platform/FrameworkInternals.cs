using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Goroutines.Platform;

/// <summary>The only place that accesses private members of the framework: for reports, and for hints that are safe if wrong.</summary>
/// <remarks>
/// <para>The framework does not expose what awaits a task. Dumps with the whole chain of <see langword="async"/> methods, and
/// the virtual time of tests, need to know it. Everything here is a reading at one moment, and anything that looks different
/// from what is known ends the walk that asked.</para>
/// <para>If a framework stores this differently, reports must not become poorer without notice. <see cref="Problem"/> parks a
/// chain that is known and reads it back, once. A member that turns out to be missing later (some are used only while the
/// framework traces) is recorded by <see cref="Missing"/>. The first dump after that says so on standard error; GoTest refuses
/// to run.</para>
/// <para>A task's continuation can be: the box of a state machine itself; a delegate on it; an AwaitTaskContinuation with a
/// delegate, if a context was captured; while TplEventSource, a debugger or the async profiler is on, a ContinuationWrapper or a
/// dispatcher around any of these; in .NET 11, for a method compiled as runtime async, a RuntimeAsyncTaskContinuation.</para>
/// </remarks>
internal static partial class FrameworkInternals
{
    private static readonly Lazy<string?> s_probe = new(Probe);
    private static string? s_missing;
    private static int s_said;
    private static bool s_noHints;

    /// <summary>What keeps chains of async methods from being read, or null if nothing does.</summary>
    internal static string? Problem => s_missing ?? s_probe.Value;

    /// <summary>Writes once, to standard error, that dumps lack frames, if they do.</summary>
    internal static void SayProblem()
    {
        if (Problem is { } problem && Interlocked.Exchange(ref s_said, 1) == 0)
        {
#pragma warning disable RS0030 // nobody else is there to be told
            Console.Error.WriteLine($"goroutines: dumps show the innermost async methods only, because this framework ({Environment.Version}) keeps their chain differently: {problem}");
#pragma warning restore RS0030
        }
    }

    /// <summary>Records that an expected member is missing.</summary>
    internal static void Missing(Exception exception) => s_missing ??= exception.Message;

    /// <summary>Returns whether an exception says that a member of the framework is not what it was.</summary>
    internal static bool IsMissing(Exception exception) => exception is MissingMemberException or TypeLoadException;

    /// <summary>
    /// Returns what continues when <paramref name="task"/> ends, without the delegates and wrappers that the framework puts
    /// around it: the task of an async method, another kind of task (WhenAll), a delegate of other code, or a list of such
    /// things. Returns null if nothing does.
    /// </summary>
    internal static object? ContinuationOf(Task task) => Unwrap(Accessors.Continuation(task));

    /// <summary>
    /// Returns whether <paramref name="state"/> is an async method's state machine whose caller, another async method, awaits it with
    /// <c>ConfigureAwait(false)</c>. The framework continues such a caller at once only on a thread without a context; on others it sends it to the
    /// thread pool. A chain of methods compiled as runtime async (.NET 11) has one task, and even the method that awaited goes to the pool from a
    /// thread with a context. A hint: <see langword="false"/> if it cannot be told.
    /// </summary>
    internal static bool IsAwaitedWithoutContext(object? state)
    {
        if (state is not Task task || s_noHints)
        {
            return false;
        }

        try
        {
            // A delegate while the framework traces tasks or a debugger shows them.
            object? continuation = Accessors.Continuation(task);
            return continuation is Task || (continuation is Action && Unwrap(continuation) is Task) || IsRuntimeAsync(task);
        }
        catch (Exception exception) when (IsMissing(exception))
        {
            s_noHints = true;
            return false;
        }
    }

    /// <summary>Returns what a continuation wraps. See <see cref="ContinuationOf"/>.</summary>
    internal static object? Unwrap(object? continuation)
    {
        for (int i = 0; i < 16; i++)
        {
            switch (continuation)
            {
                case null or Task:
                    return continuation;
                case Action { Target: Task task }:
                    return task;
                case Action { Target: { } target } when target.GetType().FullName == "System.Runtime.CompilerServices.AsyncMethodBuilderCore+ContinuationWrapper":
                    continuation = Accessors.Wrapped(target);
                    break;
                case Delegate or List<object?>:
                    return continuation;
                default:
                    switch (continuation.GetType().FullName)
                    {
                        case "System.Runtime.CompilerServices.RuntimeAsyncTaskContinuation":
                            return Accessors.RuntimeAsyncTask(continuation);
                        case "System.Runtime.CompilerServices.AsyncStateMachineDispatcher":
                            continuation = Accessors.InnerBox(continuation);
                            break;
                        case "System.Threading.Tasks.SynchronizationContextAwaitTaskContinuation":
                            return continuation; // for ContextOf, and then ActionOf
                        default:
                            if (!IsAwaitContinuation(continuation.GetType()))
                            {
                                return continuation;
                            }

                            continuation = Accessors.Action(continuation);
                            break;
                    }

                    break;
            }
        }

        return continuation;
    }

    /// <summary>Returns the context to which an await returns, or null if <paramref name="continuation"/> is something else.</summary>
    internal static SynchronizationContext? ContextOf(object continuation, out object? then)
    {
        if (continuation.GetType().FullName != "System.Threading.Tasks.SynchronizationContextAwaitTaskContinuation")
        {
            then = null;
            return null;
        }

        then = Unwrap(Accessors.Action(continuation));
        return Accessors.Context(continuation);
    }

    /// <summary>Returns the task that a ContinueWith starts, or null if <paramref name="continuation"/> is not one.</summary>
    internal static Task? ContinuedBy(object continuation)
        => continuation.GetType().FullName == "System.Threading.Tasks.ContinueWithTaskContinuation" ? Accessors.ContinueWith(continuation) : null;

    /// <summary>Returns whether it is the state that a <c>PeriodicTimer</c> gives its clock's timer.</summary>
    internal static bool IsPeriodicTimer(object? promise)
        => promise is not null && promise.GetType().FullName == "System.Threading.PeriodicTimer+State";

    /// <summary>Returns the context to which the awaiter of a <c>PeriodicTimer</c> returns, and its state.</summary>
    internal static object? AwaiterOfPeriodicTimer(object timer, out object? state)
    {
        ref ManualResetValueTaskSourceCore<bool> core = ref Accessors.Source(timer);
        state = CoreAccessors<bool>.State(ref core);
        return CoreAccessors<bool>.Context(ref core);
    }

    /// <summary>
    /// Hides active tasks. A debugger that shows tasks makes the framework keep all active ones in a table, which refers to
    /// them but never does anything with them. This removes its entries until the result is disposed, so that they are not
    /// reachable through it.
    /// </summary>
    internal static HiddenTasks HideActiveTasks()
    {
        try
        {
            return Accessors.AsyncDebugging(null) && Accessors.ActiveTasks(null) is { } table ? HiddenTasks.Of(table) : default;
        }
        catch (Exception exception) when (IsMissing(exception))
        {
            Missing(exception);
            return default;
        }
    }

    private static bool IsAwaitContinuation(Type type)
    {
        for (Type? at = type; at is not null; at = at.BaseType)
        {
            if (at.FullName == "System.Threading.Tasks.AwaitTaskContinuation")
            {
                return true;
            }
        }

        return false;
    }

    private static string? Probe()
    {
        try
        {
            // Resolved at the first call; those that need an object of a private type are tried where there is one.
            _ = Accessors.AsyncDebugging(null);
            _ = Accessors.ActiveTasks(null);

            Gate gate = new();
            Task outer = ProbeOuterAsync(gate);
            List<string> frames = AsyncFrames.From(gate.State, outer);
            gate.Open();
            return frames.Count == 2 && frames[0].EndsWith(nameof(ProbeInnerAsync), StringComparison.Ordinal)
                && frames[1].EndsWith(nameof(ProbeOuterAsync), StringComparison.Ordinal)
                ? null
                : $"a chain of two async methods was read as [{string.Join(", ", frames)}]";
        }
        catch (Exception exception)
        {
            return exception.Message;
        }
    }

    private static async Task ProbeOuterAsync(Gate gate)
    {
        await ProbeInnerAsync(gate).ConfigureAwait(false);
        gate.Passed = true;
    }

    private static async ValueTask ProbeInnerAsync(Gate gate)
    {
        await new ValueTask(gate, 0).ConfigureAwait(false);
        gate.Passed = true;
    }

    /// <summary>The entries taken out of the framework's table of active tasks.</summary>
    internal readonly struct HiddenTasks : IDisposable
    {
        private readonly Dictionary<int, Task>? _table;

        // Nothing but its finalizer may lead to the entries, or they would be as reachable as before.
        private readonly WeakReference<Entries>? _entries;

        private HiddenTasks(Dictionary<int, Task> table, Entries entries)
        {
            _table = table;
            _entries = new WeakReference<Entries>(entries, trackResurrection: true);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        internal static HiddenTasks Of(Dictionary<int, Task> table)
        {
            lock (table) // as the framework does
            {
                Entries entries = new([.. table]);
                table.Clear();
                return new HiddenTasks(table, entries);
            }
        }

        public void Dispose()
        {
            if (_table is null || !_entries!.TryGetTarget(out Entries? entries))
            {
                return;
            }

            entries.Release();
            lock (_table)
            {
                foreach ((int id, Task task) in entries.Tasks)
                {
                    if (!task.IsCompleted)
                    {
                        _table.TryAdd(id, task);
                    }
                }
            }
        }

        private sealed class Entries(KeyValuePair<int, Task>[] tasks)
        {
            private volatile bool _released;

            ~Entries()
            {
                if (!_released)
                {
                    GC.ReRegisterForFinalize(this);
                }
            }

            internal KeyValuePair<int, Task>[] Tasks => tasks;

            internal void Release() => _released = true;
        }
    }

    /// <summary>What the probe's chain waits for: it keeps what it is given, as a parked goroutine does.</summary>
    private sealed class Gate : IValueTaskSource
    {
        private Action<object?>? _continuation;

        internal object? State { get; private set; }

        internal bool Passed { get; set; }

        internal void Open() => _continuation?.Invoke(State);

        public ValueTaskSourceStatus GetStatus(short token) => _continuation is null ? ValueTaskSourceStatus.Pending : ValueTaskSourceStatus.Succeeded;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            State = state;
            _continuation = continuation;
        }

        public void GetResult(short token)
        {
        }
    }

    private static class Accessors
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_continuationObject")]
        internal static extern ref object? Continuation(Task task);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_action")]
        internal static extern ref Action Action([UnsafeAccessorType("System.Threading.Tasks.AwaitTaskContinuation, System.Private.CoreLib")] object continuation);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_syncContext")]
        internal static extern ref SynchronizationContext Context(
            [UnsafeAccessorType("System.Threading.Tasks.SynchronizationContextAwaitTaskContinuation, System.Private.CoreLib")] object continuation);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_continuation")]
        internal static extern ref Action Wrapped(
            [UnsafeAccessorType("System.Runtime.CompilerServices.AsyncMethodBuilderCore+ContinuationWrapper, System.Private.CoreLib")] object wrapper);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "RuntimeAsyncTask")]
        internal static extern ref Task? RuntimeAsyncTask(
            [UnsafeAccessorType("System.Runtime.CompilerServices.RuntimeAsyncTaskContinuation, System.Private.CoreLib")] object continuation);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_InnerBox")]
        [return: UnsafeAccessorType("System.Runtime.CompilerServices.IAsyncStateMachineBox, System.Private.CoreLib")]
        internal static extern object? InnerBox(
            [UnsafeAccessorType("System.Runtime.CompilerServices.AsyncStateMachineDispatcher, System.Private.CoreLib")] object dispatcher);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_task")]
        internal static extern ref Task? ContinueWith(
            [UnsafeAccessorType("System.Threading.Tasks.ContinueWithTaskContinuation, System.Private.CoreLib")] object continuation);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_mrvtsc")]
        internal static extern ref ManualResetValueTaskSourceCore<bool> Source(
            [UnsafeAccessorType("System.Threading.PeriodicTimer+State, System.Private.CoreLib")] object state);

        [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "s_currentActiveTasks")]
        internal static extern ref Dictionary<int, Task>? ActiveTasks(Task? type);

        [UnsafeAccessor(UnsafeAccessorKind.StaticField, Name = "s_asyncDebuggingEnabled")]
        internal static extern ref bool AsyncDebugging(Task? type);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "m_stateObject")]
        internal static extern ref object? State(Task task);

        [UnsafeAccessor(UnsafeAccessorKind.StaticMethod, Name = "GetMethodFromNativeIP")]
        internal static extern MethodBase? MethodAt(StackFrame? type, nint ip);
    }

    private static class CoreAccessors<T>
    {
        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_capturedContext")]
        internal static extern ref object? Context(ref ManualResetValueTaskSourceCore<T> core);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_continuationState")]
        internal static extern ref object? State(ref ManualResetValueTaskSourceCore<T> core);
    }
}
