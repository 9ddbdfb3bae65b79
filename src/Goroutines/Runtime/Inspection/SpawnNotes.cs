using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Goroutines.Runtime;

/// <summary>What is recorded about a goroutine when it is created: its creator and its labels. It is kept beside the goroutine. Nothing is recorded
/// until it is requested.</summary>
/// <remarks>A goroutine that has notes costs an entry of a weak table. Every spawn reads <see cref="IsOn"/>: it becomes true when labels are first used or parents
/// are first tracked, and false again when neither is wanted any more.</remarks>
internal sealed class SpawnNotes
{
    private const int Parents = 1;
    private const int Labels = 2;
    private const int Activities = 4;
    private const int Order = 8;

    private static readonly ConditionalWeakTable<G, SpawnNotes> s_notes = [];
    private static readonly AsyncLocal<LabelSet?> s_labels = new();
    private static int s_wanted;

    private LabelSet? _labels;

    private SpawnNotes(long parent, LabelSet? labels)
    {
        Parent = parent;
        _labels = labels;
    }

    /// <summary>Whether anything is recorded.</summary>
    internal static bool IsOn
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => s_wanted != 0;
    }

    /// <summary>Whether new goroutines record which goroutine created them.</summary>
    internal static bool TracksParents
    {
        get => (s_wanted & Parents) != 0;
        set => Want(Parents, value);
    }

    /// <summary>Whether new goroutines get the current activity as labels.</summary>
    internal static bool FollowsActivities
    {
        get => (s_wanted & Activities) != 0;
        set => Want(Activities, value);
    }

    /// <summary>Whether a race detector is told of new goroutines.</summary>
    internal static bool TracksOrder
    {
        get => (s_wanted & Order) != 0;
        set => Want(Order, value);
    }

    /// <summary>The labels of the calling code.</summary>
    internal static LabelSet? Current => s_labels.Value;

    /// <summary>The goroutine that created this one, as a <see cref="HolderMark"/>; 0 if that is not known.</summary>
    internal long Parent { get; }

    internal static SpawnNotes? Of(G g) => s_notes.TryGetValue(g, out SpawnNotes? notes) ? notes : null;

    internal static LabelSet? LabelsOf(G g) => Of(g) is { } notes ? Volatile.Read(ref notes._labels) : null;

    /// <summary>Called for each goroutine that is created while <see cref="IsOn"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Take(G g)
    {
        if (TracksOrder)
        {
            RaceHooks.Observer?.Created(g);
        }

        long parent = TracksParents ? HolderMark.Of(M.Current?.CurrentG) : 0;
        LabelSet? labels = Current;
        if (FollowsActivities && Activity.Current is { } activity)
        {
            labels = LabelSet.Of(activity, labels);
        }

        if (parent != 0 || labels is not null)
        {
            s_notes.AddOrUpdate(g, new SpawnNotes(parent, labels));
        }
    }

    /// <summary>Sets the labels of the calling code, and those that reports show for its goroutine.</summary>
    internal static void SetCurrent(LabelSet? labels)
    {
        if ((s_wanted & Labels) == 0)
        {
            Want(Labels, true);
        }

        s_labels.Value = labels;
        if (M.Current?.CurrentG is { } g)
        {
            SpawnNotes notes = s_notes.GetValue(g, static _ => new SpawnNotes(0, null));
            Volatile.Write(ref notes._labels, labels);
        }
    }

    private static void Want(int bit, bool on)
    {
        if (on)
        {
            Interlocked.Or(ref s_wanted, bit);
        }
        else
        {
            Interlocked.And(ref s_wanted, ~bit);
        }
    }
}
