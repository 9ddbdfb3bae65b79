#:package Nito.AsyncEx.Coordination

using Nito.AsyncEx;

var settings = new AsyncLazy<string>(async () =>
{
    Console.WriteLine("loading");
    await Task.Yield();
    return "loaded";
});

Console.WriteLine(await settings);
Console.WriteLine(await settings);
