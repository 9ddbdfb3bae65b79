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

    private static readonly ConditionalWeakTable<G, Strand> s_goroutines = [];
    private static readonly AsyncLocal<Strand?> s_flowing = new(static change => t_flowing = change.CurrentValue);

    [ThreadStatic]
    private static G? t_goroutine;

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
        get => M.Current?.CurrentG is { } g ? ReferenceEquals(g, t_goroutine) ? t_strand! : Switch(g) : t_flowing ?? Strand.Outside;
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
            s_goroutines.AddOrUpdate(g, strand);
            t_goroutine = null;
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
            s_goroutines.AddOrUpdate(g, entered.Strand!);
            t_goroutine = null;
        }
        else
        {
            s_flowing.Value = entered.Strand;
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

    internal override void Created(G goroutine) => s_goroutines.Add(goroutine, Strand.Fork(Current, goroutine, Reporter.WorldOf(goroutine.Scheduler)));

    internal override void AcquireFor(G goroutine, object sync) => SyncTable.Find(sync)?.Acquire(Of(goroutine), (int)RacePart.Whole);

    internal override void Acquire(object sync, RacePart part) => SyncTable.Find(sync)?.Acquire(Current, (int)part);

    internal override void Release(object sync, RacePart part) => SyncTable.Of(sync).Release(Current, (int)part);

    internal override void ReleaseMerge(object sync, RacePart part) => SyncTable.Of(sync).ReleaseMerge(Current, (int)part);

    internal override void Pass(object sync, object wait) => SyncTable.Of(wait).Copy(SyncTable.Find(sync), (int)RacePart.Whole, (int)RacePart.Whole);

    internal override void AcquireAll(object runtime) => Current.AcquireAll(StrandSlots.Of(runtime));

    internal override void Waits(object wait)
    {
        SyncObject waiter = SyncTable.Of(wait);
        waiter.Copy(null, 0, (int)RacePart.Whole); // clears what an earlier use has left
        waiter.Release(Current, (int)RacePart.Wait);
    }

    internal override void Completes(WaitSource source) => SyncTable.Of(source).Release(Current, (int)RacePart.Completion);

    internal override void Completed(WaitSource source)
    {
        Strand strand = Current;
        SyncTable.Find(source)?.Acquire(strand, (int)RacePart.Completion);
        SyncTable.Find(source)?.Acquire(strand, (int)RacePart.Whole);
        if (source is SyncWaiter waiter)
        {
            if (waiter.Mutex is { } mutex)
            {
                SyncTable.Find(mutex)?.Acquire(strand, (int)RacePart.Whole);
            }

            if (waiter.Target is { } target && !ReferenceEquals(target, waiter.Mutex))
            {
                SyncTable.Find(target)?.Acquire(strand, (int)RacePart.Whole);
                if (waiter.Reason == WaitReason.RWMutexLock)
                {
                    SyncTable.Find(target)?.Acquire(strand, (int)RacePart.Readers);
                }
            }
        }
    }

    internal override void Sent(object channel, int capacity, int buffered, object? receiver)
    {
        if (capacity == 0)
        {
            SyncTable.Find(receiver!)?.Acquire(Current, (int)RacePart.Wait);
            return;
        }

        SyncObject sync = SyncTable.Of(channel);
        int slot = sync.NextSend(capacity, buffered);
        sync.Exchange(Current, slot);
        if (receiver is not null)
        {
            // As Go does: as if the value had gone through the buffer.
            sync.NextReceive(capacity, buffered);
            sync.Copy(SyncTable.Find(receiver), (int)RacePart.Wait, slot);
        }
    }

    internal override void Received(object channel, int capacity, int buffered, object? sender)
    {
        if (sender is not null)
        {
            SyncTable.Find(sender)?.Acquire(Current, (int)RacePart.Wait);
            return;
        }

        SyncObject sync = SyncTable.Of(channel);
        sync.Exchange(Current, sync.NextReceive(capacity, buffered));
    }

    internal override void SentFromQueue(object channel, int capacity, object sender)
    {
        SyncObject sync = SyncTable.Of(channel);
        sync.Copy(SyncTable.Find(sender), (int)RacePart.Wait, sync.NextSend(capacity, capacity));
    }

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
        StrandSlots.StartOver();
        Reporter.Watch(runtime, stack);
    }

    internal override IReadOnlyList<RaceFinding> TakeRaces(object runtime)
    {
        foreach (Strand strand in StrandSlots.Of(runtime))
        {
            strand.End();
        }

        return Reporter.Take(runtime);
    }

    private static Strand Of(G goroutine) => s_goroutines.GetValue(goroutine, static g => Strand.Fork(Strand.Outside, g, Instance.Reporter.WorldOf(g.Scheduler)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Strand Switch(G g)
    {
        Strand strand = Of(g);
        t_goroutine = g;
        return t_strand = strand;
    }

    /// <summary>Whose strand was replaced, and by which.</summary>
    internal readonly record struct Entered(G? Goroutine, Strand? Strand);

    /// <summary>A view of any object as its first byte.</summary>
    private sealed class ObjectData
    {
        internal byte First;
    }
}
