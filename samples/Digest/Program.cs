// SHA-256 of every file below a folder, in the form that `sha256sum -c` checks: a bounded pipeline of goroutines.
// `--help` says the rest.

using Goroutines;

namespace Digest;

internal static class Program
{
    private static int Main(string[] args) => CommandLine.Invoke(args, Run);

    private static int Run(DigestOptions options)
    {
        using var interruption = new Interruption();
        using var output = new SumWriter(options.Sort);
        var messages = new Messages(options.Quiet);
        var tally = new Tally();

        var written = messages.WithProgress(() => Go.Main(async () =>
        {
            using var measuring = CancellationTokenSource.CreateLinkedTokenSource(interruption.Token);
            var measured = Go.Run(() => MeasureAsync(messages, options.Root, measuring.Token));

            var done = await new Pipeline(options, output, messages).RunAsync(tally, interruption.Token);
            await measuring.CancelAsync();
            await measured;
            return done;
        }));

        if (!options.Quiet)
        {
            messages.Write($"{tally}{(interruption.ExitCode != 0 ? "; interrupted" : "")}");
        }

        return (interruption.ExitCode, written, tally.Failed) switch
        {
            (not 0, _, _) => interruption.ExitCode,
            (_, false, _) => ExitCode.OutputFailed,
            (_, _, > 0) => ExitCode.SomeFailed,
            _ => ExitCode.Success,
        };
    }

    private static async ValueTask MeasureAsync(Messages messages, string root, CancellationToken cancellationToken)
    {
        try
        {
            await messages.MeasureAsync(root, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The hashing is over, or given up: nobody looks any more.
        }
    }
}
