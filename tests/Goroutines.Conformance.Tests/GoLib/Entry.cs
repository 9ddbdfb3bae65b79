using Goroutines.Tests.Support;

namespace Goroutines.Conformance.Tests.GoLib;

/// <summary>Runs test bodies as go-lib does: as the main goroutine, which also says when all are asleep.</summary>
internal static class Entry
{
    public static Task RunAsync(Func<ValueTask> body) => Isolated.RunAsync(runtime => PlainThread.Run(() => runtime.Main(body)));

    public static Task RunAsync(int maxProcs, Func<ValueTask> body) => Isolated.RunAsync(maxProcs, runtime => PlainThread.Run(() => runtime.Main(body)));

    public static async Task<T> RunAsync<T>(Func<ValueTask<T>> body)
    {
        T result = default!;
        await Isolated.RunAsync(async runtime => result = await PlainThread.Run(() => runtime.Main(body)));
        return result;
    }
}
