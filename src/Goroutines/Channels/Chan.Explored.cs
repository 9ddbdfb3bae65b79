using Goroutines.Runtime;

namespace Goroutines;

/// <summary>The operations as they are where schedules are explored: they give way first, and are performed when it is their turn.</summary>
public sealed partial class Chan<T>
{
    private async ValueTask SendExplored(T value, CancellationToken cancellationToken)
    {
        await Exploration.GiveWay();
        Exploration.Grant();
        await SendAsync(value, cancellationToken);
    }

    private async ValueTask<Received<T>> ReceiveExplored(CancellationToken cancellationToken)
    {
        await Exploration.GiveWay();
        Exploration.Grant();
        return await ReceiveAsync(cancellationToken);
    }

    private async ValueTask<T> TakeExplored(CancellationToken cancellationToken)
    {
        await Exploration.GiveWay();
        Exploration.Grant();
        return await TakeAsync(cancellationToken);
    }
}
