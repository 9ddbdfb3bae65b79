namespace Goroutines.Context;

/// <summary>A framework token that ends a context: <c>GoContext.From</c>.</summary>
/// <remarks>
/// Only objects that must be notified are registered with the token: each child, until it ends, and the channel while a
/// receiver waits on it. Contexts made from a token that lives as long as the program therefore leave nothing behind in it.
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
