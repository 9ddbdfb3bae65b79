using System.Globalization;
using System.Text;
using Goroutines.Platform;
using Goroutines.Runtime;

namespace Goroutines.Diagnostics;

/// <summary>Formats goroutines as text (runtime/traceback.go: <c>goroutineheader</c>).</summary>
internal static class Traceback
{
    internal static string NameOf(G g) => MethodNames.Of(g.Body);

    internal static string CreatedAt(G g)
        => g.CreatedFile is { Length: > 0 } file ? $"{file}:{g.CreatedLine.ToString(CultureInfo.InvariantCulture)}" : NameOf(g);

    internal static IReadOnlyList<GoroutineInfo> Snapshot(Scheduler scheduler)
    {
        List<G> goroutines = scheduler.Goroutines();
        long now = scheduler.ReadClock();
        List<GoroutineInfo> infos = new(goroutines.Count);
        foreach (G g in goroutines)
        {
            GStatus status = g.Status;
            if (status == GStatus.Dead)
            {
                continue;
            }

            infos.Add(InfoOf(g, status, now));
        }

        infos.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return infos;
    }

    internal static GoroutineInfo InfoOf(G g, GStatus status, long now)
    {
        (string reason, TimeSpan waited) = WaitOf(g, status, now);
        return new GoroutineInfo(g.Id, NameOf(g), Public(status), reason, waited, CreatedAt(g))
        {
            WaitsFor = Inspection.WaitOf(g),
            ParentId = SpawnNotes.Of(g) is { } notes ? HolderMark.IdIn(g.Scheduler, notes.Parent) : 0,
            Labels = SpawnNotes.LabelsOf(g)?.All ?? [],
        };
    }

    internal static string Format(List<G> goroutines, Scheduler scheduler)
    {
        FrameworkInternals.SayProblem();
        long now = scheduler.ReadClock();
        goroutines.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        StringBuilder text = new();
        foreach (G g in goroutines)
        {
            GStatus status = g.Status;
            if (status == GStatus.Dead)
            {
                continue;
            }

            if (text.Length != 0)
            {
                text.AppendLine();
            }

            Append(text, g, status, now);
        }

        return text.ToString();
    }

    internal static void Append(StringBuilder text, G g, GStatus status, long now, string labels = "")
    {
        (string reason, TimeSpan waited) = WaitOf(g, status, now);
        text.Append(CultureInfo.InvariantCulture, $"goroutine {g.Id} [{(reason.Length == 0 ? Word(status) : reason)}");
        if (waited >= TimeSpan.FromMinutes(1))
        {
            text.Append(CultureInfo.InvariantCulture, $", {(long)waited.TotalMinutes} minutes");
        }

        if (g is ThreadG { WaitsForThread: true })
        {
            text.Append(g.Scheduler.Stacks.AnyRefused
                ? ", waiting for a thread: the system refuses one"
                : string.Create(CultureInfo.InvariantCulture, $", waiting for a thread: all {g.Scheduler.Threads.Most} are taken (MaxThreads)"));
        }

        text.Append(']').Append(labels).AppendLine(":");
        List<string> frames = AsyncStack.Frames(g);
        if (frames.Count == 0)
        {
            frames.Add(NameOf(g));
        }

        foreach (string frame in frames)
        {
            text.Append(frame).AppendLine("(...)");
        }

        text.Append("created by ").AppendLine(CreatedAt(g));
    }

    internal static (string Reason, TimeSpan Waited) WaitOf(G g, GStatus status, long now) => status switch
    {
        GStatus.Waiting => (g.Reason.Text(), new TimeSpan(Math.Max(0, now - g.ParkedAt) / 100)),
        GStatus.Syscall or GStatus.Blocked => (WaitReason.Blocking.Text(), TimeSpan.Zero),
        _ => ("", TimeSpan.Zero),
    };

    internal static string Word(GStatus status) => status switch
    {
        GStatus.Idle => "idle",
        GStatus.Runnable => "runnable",
        GStatus.Running => "running",
        GStatus.Syscall or GStatus.Blocked => "syscall",
        GStatus.Waiting => "waiting",
        _ => "dead",
    };

    internal static GoroutineStatus Public(GStatus status) => status switch
    {
        GStatus.Idle => GoroutineStatus.Idle,
        GStatus.Runnable => GoroutineStatus.Runnable,
        GStatus.Running => GoroutineStatus.Running,
        GStatus.Syscall or GStatus.Blocked => GoroutineStatus.Blocking,
        GStatus.Waiting => GoroutineStatus.Waiting,
        _ => GoroutineStatus.Dead,
    };
}
