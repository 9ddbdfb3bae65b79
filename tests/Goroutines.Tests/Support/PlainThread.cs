namespace Goroutines.Tests.Support;

/// <summary>Runs calls that block on threads of their own, so that neither the pool nor the test runner is held up.</summary>
internal static class PlainThread
{
    public static Task Run(Action body) => Run(() =>
    {
        body();
        return true;
    });

    public static Task<T> Run<T>(Func<T> body)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                result.SetResult(body());
            }
            catch (Exception exception)
            {
                result.SetException(exception);
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return result.Task;
    }
}
