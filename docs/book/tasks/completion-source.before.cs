var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
Task<string> waiter = Task.Run(async () =>
{
    await ready.Task;
    return "ready";
});

ready.SetResult();
Console.WriteLine(await waiter);
