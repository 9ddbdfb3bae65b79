using System.Diagnostics.CodeAnalysis;
using Goroutines.Runtime;

namespace Goroutines.Net.Framework;

/// <summary>One direction of a framework socket: one operation at a time, and a deadline that also ends waiting operations.</summary>
/// <remarks>
/// Operations share one source. To end them, the deadline or the close replaces the source under the lock, and then cancels the
/// old one without the lock. So an expiry in progress can't end operations that begin after the deadline was moved: they use the
/// new source.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer holds nothing.")]
internal sealed class FrameworkDirection : NetDirection<CancellationTokenSource>
{
    private static readonly CancellationToken s_ended = new(canceled: true);

    private SpinMutex _lock;
    private CancellationTokenSource _expiry = new();

    /// <summary>Held during an operation.</summary>
    internal GoMutex Turn { get; } = new();

    /// <summary>The token for operations that begin now. It is cancelled when the deadline passes or the socket is closed, or from the
    /// start if that has happened.</summary>
    internal CancellationToken Expiry
    {
        get
        {
            _lock.Enter();
            CancellationToken token = Broken == NetFailure.None ? _expiry.Token : s_ended;
            _lock.Exit();
            return token;
        }
    }

    private protected override void EnterLock() => _lock.Enter();

    private protected override void ExitLock() => _lock.Exit();

    private protected override CancellationTokenSource TakeAllBack(NetFailure failure)
    {
        CancellationTokenSource ended = _expiry;
        _expiry = new CancellationTokenSource();
        return ended;
    }

    private protected override void EndAll(CancellationTokenSource? taken) => taken?.Cancel();
}
