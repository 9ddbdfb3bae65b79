using Goroutines;
using Goroutines.Hosting;

namespace Orders;

/// <summary>Takes incoming orders, leaves out those with a number below one, and hands the rest to the packers.</summary>
internal sealed class Checker(Warehouse warehouse) : IGoroutineBody
{
    public async ValueTask RunAsync(GoContext context)
    {
        while (await warehouse.Incoming.ReceiveAsync(context) is (var number, true))
        {
            if (number > 0)
            {
                await warehouse.Checked.SendAsync(number, context);
            }
        }
    }
}
