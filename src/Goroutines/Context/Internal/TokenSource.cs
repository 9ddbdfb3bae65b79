namespace Goroutines.Context;

/// <summary>A framework token as what ends a context: <c>GoContext.From</c>.</summary>
/// <remarks>
/// Nothing is registered with the token but what has to be told: each child, until it ends, and the channel while
/// a receiver waits on it. So contexts made from a token that lives as long as the program leave nothing behind in it.
/// </remarks>
internal sealed class TokenSource(CancellationToken token) : CancelSource
{
    private Exception? _err;
    private Chan<Unit>? _done;

    internal override Receiver<Unit> Done
        => (Volatile.Read(ref _done) ?? Interlocked.CompareExchange(ref _done, new TokenFeed(token).Channel, null) ?? _done).Receiver;

    internal override Exception? Err
    {
        get
        {
            if (!token.IsCancellationRequested)
            {
                return null;
            }

            return Volatile.Read(ref _err) ?? Interlocked.CompareExchange(ref _err, Canceled(), null) ?? _err;
        }
    }

    internal override Exception? Cause => Err;

    internal override CancellationToken Token => token;

    internal override void Adopt(CancelNode child)
        => child.KeepRegistration(token.UnsafeRegister(
            static state =>
            {
                (TokenSource source, CancelNode child) = ((TokenSource, CancelNode))state!;
                child.Cancel(source.Err!, null);
            },
            (this, child)));

    internal override void Release(CancelNode child) => child.TakeRegistration().Unregister();
}
