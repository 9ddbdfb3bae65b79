using System.Diagnostics;
using System.Runtime.CompilerServices;
using Goroutines.Runtime;

namespace Goroutines;

/// <summary>Provides labels for goroutines, by which reports and profiles group them (Go's <c>runtime/pprof.Do</c>): <c>route=/pay</c>.</summary>
/// <remarks>
/// <para>Safe to use from any thread. The body runs with the labels, and so do the goroutines that are started in it, and those that are
/// started in them. Labels are for people who read reports: use few of them, and put nothing secret in them.</para>
/// <para>A program that uses no labels pays nothing. Each goroutine that has any costs an entry in a table.</para>
/// </remarks>
public static class GoLabels
{
    /// <summary>Gets or sets whether each goroutine gets the activity it is started in (<see cref="Activity.Current"/>) as labels: <c>activity</c>, its
    /// display name, and <c>trace_id</c>. Process-wide; the default is false.</summary>
    public static bool FollowActivities
    {
        get => SpawnNotes.FollowsActivities;
        set => SpawnNotes.FollowsActivities = value;
    }

    /// <summary>Gets the labels that the calling code runs with, ordered by key.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Current => SpawnNotes.Current?.All ?? [];

    /// <summary>Runs a body with one more label.</summary>
    /// <param name="key">The label's key. A label of the same key is replaced while the body runs.</param>
    /// <param name="value">The label's value.</param>
    /// <param name="body">The body. It runs as part of the caller; an exception that escapes it is thrown here.</param>
    /// <returns>A task that completes when the body ends. Await it once.</returns>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty.</exception>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)]
    public static ValueTask DoAsync(string key, string value, Func<ValueTask> body) => DoAsync([new KeyValuePair<string, string>(key, value)], body);

    /// <inheritdoc cref="DoAsync(string, string, Func{ValueTask})"/>
    public static ValueTask DoAsync(string key, string value, Func<Task> body) => DoAsync([new KeyValuePair<string, string>(key, value)], body);

    /// <summary>Runs a body with more labels.</summary>
    /// <param name="labels">The labels. They replace those of the same key while the body runs.</param>
    /// <param name="body">The body. It runs as part of the caller; what it throws is thrown here.</param>
    /// <returns>A task that ends with the body. Await it once.</returns>
    /// <exception cref="ArgumentException">A key is empty.</exception>
    /// <exception cref="ArgumentNullException">An argument, a key or a value is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)]
    public static ValueTask DoAsync(IEnumerable<KeyValuePair<string, string>> labels, Func<ValueTask> body)
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync(LabelSet.With(SpawnNotes.Current, labels), body);
    }

    /// <inheritdoc cref="DoAsync(IEnumerable{KeyValuePair{string, string}}, Func{ValueTask})"/>
    public static ValueTask DoAsync(IEnumerable<KeyValuePair<string, string>> labels, Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return DoAsync(labels, Started);

        ValueTask Started() => new(body());
    }

    /// <summary>Runs a body with an activity as labels: <c>activity</c>, its display name, and <c>trace_id</c>.</summary>
    /// <param name="activity">The activity.</param>
    /// <param name="body">The body. It runs as part of the caller; what it throws is thrown here.</param>
    /// <returns>A task that ends with the body. Await it once.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    [OverloadResolutionPriority(1)]
    public static ValueTask DoAsync(Activity activity, Func<ValueTask> body)
    {
        ArgumentNullException.ThrowIfNull(activity);
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync(LabelSet.Of(activity, SpawnNotes.Current), body);
    }

    /// <inheritdoc cref="DoAsync(Activity, Func{ValueTask})"/>
    public static ValueTask DoAsync(Activity activity, Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return DoAsync(activity, Started);

        ValueTask Started() => new(body());
    }

    /// <summary>Runs a synchronous body with one more label.</summary>
    /// <param name="key">The label's key. A label of the same key is replaced while the body runs.</param>
    /// <param name="value">The label's value.</param>
    /// <param name="body">The body. It runs as part of the caller; what it throws is thrown here.</param>
    /// <exception cref="ArgumentException"><paramref name="key"/> is empty.</exception>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static void Do(string key, string value, Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        LabelSet? before = SpawnNotes.Current;
        LabelSet labels = LabelSet.With(before, [new KeyValuePair<string, string>(key, value)]);
        SpawnNotes.SetCurrent(labels);
        try
        {
            body();
        }
        finally
        {
            SpawnNotes.SetCurrent(before);
        }
    }

    private static async ValueTask RunAsync(LabelSet labels, Func<ValueTask> body)
    {
        LabelSet? before = SpawnNotes.Current;
        SpawnNotes.SetCurrent(labels);
        try
        {
            await body().ConfigureAwait(G.IsCurrentContext);
        }
        finally
        {
            SpawnNotes.SetCurrent(before);
        }
    }
}
