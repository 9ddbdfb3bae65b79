using System.Diagnostics.CodeAnalysis;
using Goroutines.Runtime;

namespace Goroutines.Net.Framework;

/// <summary>One direction of a framework socket: one operation at a time, and a deadline that ends operations that wait already.</summary>
/// <remarks>
/// The operations of a time wait on one source. What ends them, the deadline or the close, takes the source out under the lock
/// and leaves a new one there, and cancels the old one afterwards, without the lock. So an expiry that is under way can't end
/// operations that begin after the deadline was moved: they wait on another source.
/// </remarks>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer holds nothing.")]
internal sealed class FrameworkDirection : NetDirection<CancellationTokenSource>
{
    private static readonly CancellationToken s_ended = new(canceled: true);

    private SpinMutex _lock;
    private CancellationTokenSource _expiry = new();

    /// <summary>Held during an operation.</summary>
    internal GoMutex Turn { get; } = new();

    /// <summary>Ends operations that begin now when the deadline passes, or the socket is closed; at once, if that has happened.</summary>
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
