#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

var seen = new Chan<string>(capacity: 1);
Go.PanicHandler = panic => seen.TrySend($"reported: {panic.Exception.Message}");     // once, for all of them; the default prints to stderr

Go.Spawn(Work);

Console.WriteLine(await seen.TakeAsync());

static async Task Work()
{
    await Task.Yield();
    throw new InvalidOperationException("the disk is full");
}
