using System.Globalization;
using System.Runtime.InteropServices;
using Goroutines.Diagnostics.Formats;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics.Profiles;

/// <summary>Collects the samples of profiles.</summary>
internal static class ProfileCollector
{
    internal static GoProfile Goroutines(Scheduler scheduler, bool each, bool userLabels)
    {
        List<G> goroutines = scheduler.Goroutines();
        SourcePaths paths = new(goroutines.Select(static g => g.CreatedFile ?? "").Distinct());
        long now = scheduler.ReadClock();
        Dictionary<string, Group> groups = [];
        Dictionary<Alike, (G Example, List<string> Frames, GStatus Status, long Count)> alike = [];
        foreach (G g in goroutines)
        {
            GStatus status = g.Status;
            if (status == GStatus.Dead)
            {
                continue;
            }

            List<string> frames = AsyncStack.Frames(g);
            if (each || userLabels)
            {
                Add(g, frames, status, 1);
                continue;
            }

            // Of a million goroutines most are alike: they are counted first, and each kind is described once.
            Alike key = Alike.Of(g, status, frames);
            while (true)
            {
                ref (G Example, List<string> Frames, GStatus Status, long Count) kind = ref CollectionsMarshal.GetValueRefOrAddDefault(alike, key, out bool exists);
                if (!exists)
                {
                    kind = (g, frames, status, 0);
                }
                else if (!CollectionsMarshal.AsSpan(kind.Frames).SequenceEqual(CollectionsMarshal.AsSpan(frames)))
                {
                    key = key with { FramesHash = key.FramesHash + 1 };
                    continue;
                }

                kind.Count++;
                break;
            }
        }

        foreach ((G example, List<string> frames, GStatus status, long count) in alike.Values)
        {
            Add(example, frames, status, count);
        }

        return ToProfile("goroutine", scheduler, groups, hasDelays: false);

        void Add(G g, List<string> frames, GStatus status, long count)
        {
            GoroutineInfo info = scheduler.Reports.Describe(g, status, now);
            List<GoProfileFrame> stack = [.. frames.Select(static method => new GoProfileFrame(method, "", 0))];
            GoProfileFrame body = new(info.Name, paths.Cut(g.CreatedFile ?? ""), g.CreatedFile is null ? 0 : g.CreatedLine);
            if (stack.Count != 0 && stack[^1].Method == body.Method)
            {
                stack.RemoveAt(stack.Count - 1);
            }

            stack.Add(body);
            List<KeyValuePair<string, string>> labels = [new("state", StateOf(info.Status))];
            if (info.WaitReason.Length != 0)
            {
                labels.Add(new("reason", info.WaitReason));
            }

            if (userLabels)
            {
                labels.AddRange(info.Labels);
            }

            if (each)
            {
                labels.Add(new("goroutine", info.Id.ToString(CultureInfo.InvariantCulture)));
            }

            AddTo(groups, stack, labels, count, 0);
        }
    }

    internal static GoProfile Leaks(Scheduler scheduler)
    {
        LeakTally tally = LeakTally.Of(scheduler);
        if (!tally.WasOpened)
        {
            throw Off("leak");
        }

        List<(string Name, string CreatedAt, string Reason, long Count)> leaks = tally.Counts();
        SourcePaths paths = new(leaks.Select(static leak => FileOf(leak.CreatedAt).File));
        Dictionary<string, Group> groups = [];
        foreach ((string name, string createdAt, string reason, long count) in leaks)
        {
            (string file, int line) = FileOf(createdAt);
            AddTo(groups, [new GoProfileFrame(name, paths.Cut(file), line)], [new("reason", reason)], count, 0);
        }

        return ToProfile("leak", scheduler, groups, hasDelays: false);
    }

    internal static GoProfile Delays(Scheduler scheduler, bool mutex)
    {
        string name = mutex ? "mutex" : "block";
        if (scheduler.TracerIfAny is not { Profiles: true } tracer)
        {
            throw Off(name);
        }

        Dictionary<DelayKey, DelayTotal> delays = tracer.Delays();
        SourcePaths paths = new(delays.Keys.SelectMany(static key => new[] { TraceSites.Get(key.Waiter).File, TraceSites.Get(key.Waker).File }).Distinct());
        Dictionary<string, Group> groups = [];
        foreach ((DelayKey key, DelayTotal total) in delays)
        {
            if (mutex && key.Reason is not (WaitReason.MutexLock or WaitReason.RWMutexLock or WaitReason.RWMutexReadLock))
            {
                continue;
            }

            string other = mutex ? Words(key.Waiter, paths) : Words(key.Waker, paths);
            AddTo(groups, [FrameOf(mutex ? key.Waker : key.Waiter, paths)], [new("reason", key.Reason.Text()), new(mutex ? "waiter" : "waker", other)],
                (long)Math.Round(total.Count), (long)Math.Round(total.Nanoseconds));
        }

        return ToProfile(name, scheduler, groups, hasDelays: true);
    }

    internal static GoProfile Spawns(Scheduler scheduler)
    {
        if (scheduler.TracerIfAny is not { Profiles: true } tracer)
        {
            throw Off("spawn");
        }

        Dictionary<ushort, long> spawns = tracer.Spawns();
        SourcePaths paths = new(spawns.Keys.Select(static site => TraceSites.Get(site).File));
        Dictionary<string, Group> groups = [];
        foreach ((ushort site, long count) in spawns)
        {
            AddTo(groups, [FrameOf(site, paths)], [], count, 0);
        }

        return ToProfile("spawn", scheduler, groups, hasDelays: false);
    }

    /// <summary>Returns the samples of <paramref name="later"/> minus those of <paramref name="earlier"/>.</summary>
    internal static List<GoProfileSample> Difference(IReadOnlyList<GoProfileSample> later, IReadOnlyList<GoProfileSample> earlier)
    {
        Dictionary<string, Group> groups = [];
        foreach (GoProfileSample sample in later)
        {
            AddTo(groups, sample.Stack, sample.Labels, sample.Count, sample.Delay.Ticks * 100);
        }

        foreach (GoProfileSample sample in earlier)
        {
            AddTo(groups, sample.Stack, sample.Labels, -sample.Count, -sample.Delay.Ticks * 100);
        }

        return Samples(groups);
    }

    private static InvalidOperationException Off(string name)
        => new($"The profile \"{name}\" is off: it begins with GoProfiling.Start, and would be empty now whatever has happened.");

    private static GoProfile ToProfile(string name, Scheduler scheduler, Dictionary<string, Group> groups, bool hasDelays)
        => new(name, scheduler.Name, Samples(groups), hasDelays, scheduler.Clock.UtcNow);

    private static List<GoProfileSample> Samples(Dictionary<string, Group> groups)
        => [.. groups.Values.Where(static group => group.Count != 0 || group.Nanoseconds != 0)
            .OrderByDescending(static group => group.Nanoseconds).ThenByDescending(static group => group.Count)
            .Select(static group => new GoProfileSample(group.Stack, group.Labels, group.Count, TimeSpan.FromTicks(group.Nanoseconds / 100)))];

    private static void AddTo(Dictionary<string, Group> groups, IReadOnlyList<GoProfileFrame> stack, IReadOnlyList<KeyValuePair<string, string>> labels, long count, long nanoseconds)
    {
        string key = string.Join('\n', stack.Select(static frame => $"{frame.Method}\t{frame.File}\t{frame.Line}")) + "\n\n" + string.Join('\n', labels);
        ref Group group = ref CollectionsMarshal.GetValueRefOrAddDefault(groups, key, out bool exists);
        if (!exists)
        {
            group.Stack = stack;
            group.Labels = labels;
        }

        group.Count += count;
        group.Nanoseconds += nanoseconds;
    }

    private static GoProfileFrame FrameOf(ushort number, SourcePaths paths)
    {
        if (number == 0)
        {
            return new GoProfileFrame("(no goroutine)", "", 0);
        }

        TraceSite site = TraceSites.Get(number);
        return new GoProfileFrame(site.Name, paths.Cut(site.File), site.Line);
    }

    private static string Words(ushort number, SourcePaths paths)
    {
        GoProfileFrame frame = FrameOf(number, paths);
        return frame.File.Length == 0 ? frame.Method : string.Create(CultureInfo.InvariantCulture, $"{frame.Method} ({frame.File}:{frame.Line})");
    }

    private static string StateOf(GoroutineStatus status) => status switch
    {
        GoroutineStatus.Idle => "idle",
        GoroutineStatus.Runnable => "runnable",
        GoroutineStatus.Running => "running",
        GoroutineStatus.Blocking => "blocking",
        GoroutineStatus.Waiting => "waiting",
        _ => "dead",
    };

    /// <summary>Splits "file:line" into file and line. Any other text is a method's name and has neither.</summary>
    private static (string File, int Line) FileOf(string createdAt)
    {
        int colon = createdAt.LastIndexOf(':');
        return colon > 0 && int.TryParse(createdAt.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int line) ? (createdAt[..colon], line) : ("", 0);
    }

    /// <summary>What goroutines have in common that a profile counts together, but for the methods they are in, of which it has a hash.</summary>
    private readonly record struct Alike(ushort Site, GStatus Status, WaitReason Reason, int FramesHash)
    {
        internal static Alike Of(G g, GStatus status, List<string> frames)
        {
            HashCode hash = default;
            foreach (string frame in frames)
            {
                hash.Add(frame);
            }

            return new Alike(g.TraceSite, status, status == GStatus.Waiting ? g.Reason : WaitReason.None, hash.ToHashCode());
        }
    }

    private struct Group
    {
        internal IReadOnlyList<GoProfileFrame> Stack;
        internal IReadOnlyList<KeyValuePair<string, string>> Labels;
        internal long Count;
        internal long Nanoseconds;
    }
}
