using Goroutines.Runtime;

namespace Goroutines.Channels;

/// <summary>A channel that is closed when a goroutine has ended, for selects.</summary>
internal sealed class EndChannel : EndSignal
{
    /// <summary>Makes an <see cref="EndChannel"/>.</summary>
    internal static readonly Func<EndSignal> Make = static () => new EndChannel();

    internal readonly Chan<Unit> Channel = new();

    internal override void Signal() => Channel.TryClose();
}
