using Goroutines;
using Goroutines.Hosting;

namespace Orders;

/// <summary>Packs orders, which takes a while.</summary>
internal sealed class Packer(Warehouse warehouse) : IGoroutineBody
{
    public async ValueTask RunAsync(GoContext context)
    {
        while (await warehouse.Checked.ReceiveAsync(context) is (_, true))
        {
            await Go.SleepAsync(TimeSpan.FromMilliseconds(20), context);
            warehouse.CountPacked();
        }
    }
}
