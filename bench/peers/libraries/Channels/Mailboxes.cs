using System.Threading.Channels;

namespace Goroutines.Peers.Channels;

/// <summary>Makes the channels of the rows: always with the options that make them fastest where the row lets them be true.</summary>
internal sealed class Mailboxes(bool inline)
{
    public Channel<T> OneToOne<T>() =>
        Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = inline });

    public Channel<T> ManyToOne<T>() =>
        Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = inline });

    public Channel<T> ManyToMany<T>() =>
        Channel.CreateUnbounded<T>(new UnboundedChannelOptions { AllowSynchronousContinuations = inline });

    public Channel<T> Bounded<T>(int capacity) =>
        Channel.CreateBounded<T>(new BoundedChannelOptions(capacity) { AllowSynchronousContinuations = inline });
}
