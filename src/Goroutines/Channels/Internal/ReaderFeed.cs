using System.Threading.Channels;

namespace Goroutines.Channels;

/// <summary>The values of a framework reader.</summary>
internal sealed class ReaderFeed<T>(ChannelReader<T> reader) : SourceFeed<T>
{
    private T _current = default!;

    private protected override bool CanTry => true;

    private protected override T Current => _current;

    private protected override bool TryRead(out T value, out bool ended)
    {
        ended = false;
        if (reader.TryRead(out value!))
        {
            return true;
        }

        if (reader.Completion is { IsCompleted: true } completion)
        {
            completion.GetAwaiter().GetResult(); // throws the error it was completed with
            ended = true;
        }

        return false;
    }

    private protected override async ValueTask<bool> MoveNextAsync()
    {
        while (!reader.TryRead(out _current!))
        {
            if (!await reader.WaitToReadAsync())
            {
                return false;
            }
        }

        return true;
    }

    private protected override ValueTask DisposeAsync() => default;
}
