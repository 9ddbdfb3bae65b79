#:project ../../../src/Goroutines.Testing/Goroutines.Testing.csproj

using Goroutines;
using Goroutines.Testing;

GoTest.Run(async () =>                               // virtual time
{
    DateTimeOffset begun = Go.Now;
    var keys = new Chan<string>();
    Go.Spawn(async () =>
    {
        foreach (var (text, pause) in new[] { ("g", 50), ("go", 60), ("gop", 900), ("goph", 40), ("gopher", 5) })
        {
            await keys.SendAsync(text);
            await Go.SleepAsync(TimeSpan.FromMilliseconds(pause));
        }

        keys.Close();
    });

    await foreach (string text in Debounce.Of(keys.Receiver, quiet: TimeSpan.FromMilliseconds(200)))
    {
        Console.WriteLine($"{(Go.Now - begun).TotalMilliseconds} ms: search for {text}");
    }
});

internal static class Debounce
{
    // The latest value, once none has come for `quiet`. A last value is not lost when the input ends.
    public static async IAsyncEnumerable<T> Of<T>(Receiver<T> input, TimeSpan quiet)
    {
        T latest = default!;
        var select = new Select();
        var next = select.Receive(input);
        var calm = select.Timeout(quiet);            // armed anew by each wait: by each value, that is
        calm.Enabled = false;
        while (true)
        {
            await select.WaitAsync();
            if (next.Selected && next.Ok)
            {
                latest = next.Value;
                calm.Enabled = true;
                continue;
            }

            if (calm.Enabled)
            {
                yield return latest;
                calm.Enabled = false;
            }

            if (next.Selected)
            {
                yield break;
            }
        }
    }
}
