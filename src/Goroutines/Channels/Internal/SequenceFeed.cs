namespace Goroutines.Channels;

/// <summary>The values of an asynchronous sequence. Its code runs only in the goroutine that reads.</summary>
internal sealed class SequenceFeed<T>(IAsyncEnumerable<T> source, CancellationToken cancellationToken) : SourceFeed<T>
{
    private IAsyncEnumerator<T>? _enumerator;

    private protected override bool CanTry => false;

    private protected override T Current => _enumerator!.Current;

    private protected override bool TryRead(out T value, out bool ended)
    {
        value = default!;
        ended = false;
        return false;
    }

    private protected override ValueTask<bool> MoveNextAsync() => (_enumerator ??= source.GetAsyncEnumerator(cancellationToken)).MoveNextAsync();

    private protected override ValueTask DisposeAsync() => _enumerator?.DisposeAsync() ?? default;
}
