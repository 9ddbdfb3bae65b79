using System.Runtime.CompilerServices;
using Goroutines.Runtime;
using Goroutines.Sync;

namespace Goroutines.Race;

/// <summary>The detector of the process. It knows which strand runs on which thread, and what orders strands.</summary>
/// <remarks>
/// <para><b>What is a race.</b> Two accesses to the same bytes by two strands, if at least one is a write, at least one is not atomic, and
/// neither happens before the other (FastTrack's rule, over the edges of <see cref="RaceObserver"/> and <see cref="FrameworkSync"/>). It
/// does not matter whether they met in time.</para>
/// <para><b>Which strand runs.</b> While a worker runs a goroutine, the goroutine's strand; otherwise the strand that flows with the
/// execution context, which threads and tasks that rewritten code starts have; otherwise <see cref="Strand.Outside"/>.</para>
/// </remarks>
internal sealed class Detector : RaceObserver
{
    /// <summary>An address this close above the stack pointer is on the stack. It belongs to one strand, and is reused without a
    /// collection.</summary>
    private const nuint StackSize = 8 << 20;

    private static readonly IdentityTable<G, Strand> s_goroutines = new();
    private static readonly AsyncLocal<Strand?> s_flowing = new(static change => t_flowing = change.CurrentValue);

    /// <summary>The strand of the goroutine that ran last on this thread. The goroutine itself is not kept: whether anything reaches it decides whether it is deadlocked.</summary>
    [ThreadStatic]
    private static Strand? t_strand;

    /// <summary>The value of <c>s_flowing</c> on this thread, which is faster to read.</summary>
    [ThreadStatic]
    private static Strand? t_flowing;

    internal static Detector Instance { get; } = new();

    internal RaceReporter Reporter { get; } = new();

    internal override IReadOnlyList<RaceFinding> Races => Reporter.Unwatched;

    internal override void Check(int change) => Reporter.Check(change);

    /// <summary>The caller's strand.</summary>
    internal static Strand Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => M.Current?.CurrentG is { } g ? t_strand is { } last && last.GoroutineId == g.Id && ReferenceEquals(last.Runtime, g.Scheduler) ? last : Switch(g) : t_flowing ?? Strand.Outside;
    }

    /// <summary>Makes <paramref name="strand"/> the strand of the caller, and of all that the caller calls and awaits from now on. For
    /// threads and tasks.</summary>
    internal static void Become(Strand strand) => s_flowing.Value = strand;

    /// <summary>Makes <paramref name="strand"/> the strand of the caller until <see cref="Leave"/>, also inside a goroutine. The caller does not
    /// wait for tasks meanwhile.</summary>
    internal static Entered Enter(Strand strand)
    {
        if (M.Current?.CurrentG is { } g)
        {
            Strand own = Of(g);
            s_goroutines.Set(g, strand);
            t_strand = null;
            return new Entered(g, own);
        }

        Strand? flowing = t_flowing;
        s_flowing.Value = strand;
        return new Entered(null, flowing);
    }

    /// <summary>Gives the caller the strand back that it had before <see cref="Enter"/>.</summary>
    internal static void Leave(in Entered entered)
    {
        if (entered.Goroutine is { } g)
        {
            s_goroutines.Set(g, entered.Strand!);
            t_strand = null;
        }
        else
        {
            s_flowing.Value = entered.Strand;
        }
    }

    /// <summary>Returns what orders the caller's steps before those that follow <see cref="Resume"/>.</summary>
    internal static object Suspend()
    {
        Strand strand = Current;
        if (strand.GoroutineId != 0)
        {
            return strand; // which usually continues itself, so that there is nothing to store
        }

        SyncObject sync = new();
        sync.Release(strand);
        return sync;
    }

    /// <summary>Called with what <see cref="Suspend"/> has returned. If another strand continues what a goroutine has begun, it comes after all that the goroutine has done until
    /// now.</summary>
    internal static void Resume(object suspended)
    {
        Strand strand = Current;
        if (suspended is SyncObject sync)
        {
            sync.Acquire(strand);
        }
        else if (!ReferenceEquals(suspended, strand))
        {
            ((Strand)suspended).Release(out VectorClock released);
            strand.Acquire(released);
        }
    }

    /// <summary>Called before bytes are accessed.</summary>
    internal static unsafe void Access(ref byte location, int size, AccessKind kind, int site)
    {
        byte here;
        if ((nuint)Unsafe.AsPointer(ref location) - (nuint)(&here) < StackSize)
        {
            return;
        }

        fixed (byte* pinned = &location)
        {
            nuint address = (nuint)pinned;
            if (address < 0x10000)
            {
                return; // a null reference: the access itself will throw
            }

            Strand strand = Current;
            if (RaceReporter.IsArmed)
            {
                Instance.Reporter.Capture(strand, site);
            }

            if ((int)(address % ShadowMemory.Granule) + size <= ShadowMemory.Granule)
            {
                if (ShadowMemory.Access(strand, address, size, kind, site, out ShadowMemory.Record earlier))
                {
                    Instance.Reporter.Report(strand, kind, site, earlier);
                }

                return;
            }

            while (size > 0)
            {
                int part = Math.Min(size, ShadowMemory.Granule - (int)(address % ShadowMemory.Granule));
                if (ShadowMemory.Access(strand, address, part, kind, site, out ShadowMemory.Record earlier))
                {
                    Instance.Reporter.Report(strand, kind, site, earlier);
                }

                address += (nuint)part;
                size -= part;
            }
        }
    }

    /// <summary>Called before an atomic write: stores the caller's steps with the place in memory.</summary>
    internal static unsafe void ReleaseTo(ref byte location)
    {
        fixed (byte* pinned = &location)
        {
            SyncTable.Release(Current, (nuint)pinned, ShadowMemory.Collections);
        }
    }

    /// <summary>Called after an atomic read: orders what was released to the place in memory before the caller's next steps.</summary>
    internal static unsafe void AcquireFrom(ref byte location)
    {
        fixed (byte* pinned = &location)
        {
            SyncTable.Acquire(Current, (nuint)pinned, ShadowMemory.Collections);
        }
    }

    /// <summary>Records an access to an object as a whole: a collection, or an object whose misuse shows as a race.</summary>
    internal static void Access(object target, AccessKind kind, int site)
        => Access(ref Unsafe.As<ObjectData>(target).First, 1, kind, site);

    internal override void Created(G goroutine) => s_goroutines.Set(goroutine, Strand.Fork(Current, goroutine, Reporter.TestOf(goroutine.Scheduler)));

    internal override void Ended(G goroutine)
    {
        if (s_goroutines.TryGet(goroutine, out Strand? strand))
        {
            strand.Finish();
        }

        t_strand = null;
    }

    internal override void AcquireFor(G goroutine, object sync) => SyncTable.Find(sync)?.Acquire(Of(goroutine), RacePart.Whole);

    internal override void Acquire(object sync, RacePart part) => SyncTable.Find(sync)?.Acquire(Current, part);

    internal override void Release(object sync, RacePart part) => SyncTable.Of(sync).Release(Current, part);

    internal override void ReleaseMerge(object sync, RacePart part) => SyncTable.Of(sync).ReleaseMerge(Current, part);

    internal override void Pass(object sync, object wait) => SyncTable.Of(wait).Copy(SyncTable.Find(sync), RacePart.Whole, RacePart.Whole);

    internal override void AcquireAll(object runtime) => Reporter.TestOf(runtime)?.AcquireAll(Current);

    internal override void Waits(object wait) => SyncTable.Of(wait).BeginWait(Current);

    internal override void Completes(WaitSource source) => SyncTable.Of(source).Release(Current, RacePart.Completion);

    internal override void Completed(WaitSource source)
    {
        Strand strand = Current;
        SyncTable.Find(source)?.Acquire(strand, RacePart.Completion, RacePart.Whole);
        if (source is SyncWaiter waiter)
        {
            if (waiter.Mutex is { } mutex)
            {
                SyncTable.Find(mutex)?.Acquire(strand, RacePart.Whole);
            }

            if (waiter.Target is { } target && !ReferenceEquals(target, waiter.Mutex))
            {
                SyncTable.Find(target)?.Acquire(strand, RacePart.Whole);
                if (waiter.Reason == WaitReason.RWMutexLock)
                {
                    SyncTable.Find(target)?.Acquire(strand, RacePart.Readers);
                }
            }
        }
    }

    internal override void Sent(object channel, int capacity, int buffered, object? receiver)
    {
        if (capacity == 0)
        {
            SyncTable.Find(receiver!)?.Acquire(Current, RacePart.Wait);
            return;
        }

        SyncTable.Of(channel).Send(Current, capacity, buffered, receiver is null ? null : SyncTable.Of(receiver));
    }

    internal override void Received(object channel, int capacity, int buffered, object? sender)
    {
        if (sender is not null)
        {
            SyncTable.Find(sender)?.Acquire(Current, RacePart.Wait);
            return;
        }

        SyncTable.Of(channel).Receive(Current, capacity, buffered);
    }

    internal override void SentFromQueue(object channel, int capacity, object sender) => SyncTable.Of(channel).SendFor(SyncTable.Find(sender), capacity);

    internal override void Defers()
    {
        if (RaceReporter.IsArmed)
        {
            Current.OperationStack = RaceStack.Capture();
        }
    }

    internal override void SendBegins(object channel) => Access(channel, AccessKind.Read, RaceSites.SendSite);

    internal override void CloseBegins(object channel)
    {
        Access(channel, AccessKind.Write, RaceSites.CloseSite);
        ReleaseMerge(channel, RacePart.Close);
    }

    internal override void CountsUp(object group) => Access(group, AccessKind.Read, RaceSites.AddSite);

    internal override void FirstWaiter(object group) => Access(group, AccessKind.Write, RaceSites.WaitSite);

    internal override void Watch(object runtime, RaceStackRequest? stack)
    {
        Reporter.Watch(runtime, stack);
    }

    internal override IReadOnlyList<RaceFinding> TakeRaces(object runtime)
    {
        if (Reporter.TestOf(runtime) is { } test)
        {
            test.Goroutines().ForEach(static strand => strand.End());
            StrandSlots.OwnersIn(test).ForEach(static strand => strand.End());
        }

        return Reporter.Take(runtime);
    }

    private static Strand Of(G goroutine) => s_goroutines.GetOrAdd(goroutine, static g => Strand.Fork(Strand.Outside, g, Instance.Reporter.TestOf(g.Scheduler)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Strand Switch(G g)
    {
        Strand strand = Of(g);
        t_strand = strand;
        return strand;
    }

    /// <summary>Whose strand was replaced, and by which.</summary>
    internal readonly record struct Entered(G? Goroutine, Strand? Strand);

    /// <summary>A view of any object as its first byte.</summary>
    private sealed class ObjectData
    {
        internal byte First;
    }
}
