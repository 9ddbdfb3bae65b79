#:project ../src/Goroutines/Goroutines.csproj

// Panics: an exception that leaves a spawned body goes to the panic handler; every other goroutine goes on.
// Prints the default handler's report (on stderr), what a handler of one's own is told, and that the rest ran.

using Goroutines;

Go.Main(async () =>
{
    var handled = new Chan<PanicInfo>();

    var standard = Go.PanicHandler;
    Go.PanicHandler = panic =>
    {
        standard(panic);
        Go.Spawn(async () => await handled.SendAsync(panic));
    };

    Go.Spawn(async () =>
    {
        await Go.Yield();
        throw new InvalidOperationException("the first one fails");
    });
    await handled.ReceiveAsync();

    Go.PanicHandler = panic => Go.Spawn(async () => await handled.SendAsync(panic));

    Go.Spawn(async () =>
    {
        await Go.Yield();
        throw new FormatException("the second one fails");
    });

    var (info, _) = await handled.ReceiveAsync();
    Console.WriteLine($"handler of our own: {info.Exception.GetType().Name}: {info.Exception.Message}");
    Console.WriteLine($"in a goroutine with an id: {info.GoroutineId > 0}, created at {Path.GetFileName(info.CreatedAt)}");

    var survivor = Go.Run(async () =>
    {
        await Go.Yield();
        return "the other goroutines go on";
    });
    Console.WriteLine(await survivor);
});
