#:project ../../../src/Goroutines.Testing/Goroutines.Testing.csproj

using Goroutines;
using Goroutines.Testing;

GoTest.Run(async () =>                               // virtual time
{
    Console.WriteLine(await Request.HandleAsync("r1", customer: "Ada"));
    Console.WriteLine(await Request.HandleAsync("r2", customer: "slow"));
    Console.WriteLine(await Request.HandleAsync("r3", customer: "unknown"));
    Console.WriteLine(Go.Count == 1 ? "no goroutine outlived its request" : "something still runs");
});

internal static class Request
{
    private static readonly ContextKey<string> s_id = new("request id");

    public static async ValueTask<string> HandleAsync(string id, string customer)
    {
        // What belongs to the request goes down the calls in one argument: its id, its deadline, its cancellation. In ASP.NET Core:
        // HttpContext.GetGoContext().
        using CancelContext context = GoContext.Background.WithValue(s_id, id).WithTimeout(TimeSpan.FromSeconds(2));
        try
        {
            return await Go.ScopeAsync(async scope =>
            {
                // The scope's token ends with the request, and with the first of these that fails.
                GoContext inScope = GoContext.From(scope.CancellationToken).WithValue(s_id, id);
                Goroutine<string> address = scope.Run(() => LoadAddress(inScope, customer));
                Goroutine<int> orders = scope.Run(() => CountOrders(inScope));
                return $"{id}: {customer}, {await address}, {await orders} orders";
            }, context);
        }
        catch (OperationCanceledException) when (context.Err is DeadlineExceededException)
        {
            return $"{id}: gave up after 2 s";
        }
        catch (KeyNotFoundException exception)
        {
            return exception.Message;
        }
    }

    private static async ValueTask<string> LoadAddress(GoContext context, string customer)
    {
        await Go.SleepAsync(TimeSpan.FromMilliseconds(customer == "slow" ? 60_000 : 5), context);
        context.TryGetValue(s_id, out string? id);
        return customer == "unknown" ? throw new KeyNotFoundException($"{id}: no such customer") : "London";
    }

    private static async ValueTask<int> CountOrders(GoContext context)
    {
        await Go.SleepAsync(TimeSpan.FromMilliseconds(20), context);
        return 3;
    }
}
