#:package Nito.AsyncEx.Coordination

using Nito.AsyncEx;

var started = new AsyncManualResetEvent();
Task<int>[] waiters = [.. Enumerable.Range(1, 3).Select(async i =>
{
    await started.WaitAsync();
    return i;
})];

started.Set();
Console.WriteLine((await Task.WhenAll(waiters)).Sum());
