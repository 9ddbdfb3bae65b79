using Spectre.Console;

namespace Digest;

/// <summary>
/// Everything for stderr: messages, and on a terminal a progress bar. The bar is drawn only when the lines of the
/// output go elsewhere, since both on one terminal would be in each other's way.
/// </summary>
internal sealed class Messages
{
    private readonly IAnsiConsole? _console;
    private ProgressTask? _bar;

    internal Messages(bool quiet)
    {
        if (!quiet && Console.IsOutputRedirected && !Console.IsErrorRedirected)
        {
            // Told to be interactive: left to itself it looks at stdout, and that is not the terminal.
            var console = AnsiConsole.Create(new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(Console.Error),
                Interactive = InteractionSupport.Yes,
            });
            _console = console.Profile.Capabilities.Ansi ? console : null;
        }
    }

    /// <summary>Called with the number of bytes that a hasher has done; null when nobody looks.</summary>
    internal Action<long>? Hashed => _bar is { } bar ? bytes => bar.Increment(bytes) : null;

    /// <summary>Writes one line; from any goroutine.</summary>
    internal void Write(string message)
    {
        if (_bar is not null)
        {
            _console!.WriteLine($"digest: {message}"); // goes above the bar
        }
        else
        {
            Console.Error.WriteLine($"digest: {message}");
        }
    }

    /// <summary>Calls <paramref name="run"/>, with a progress bar around it where there is one.</summary>
    internal T WithProgress<T>(Func<T> run)
    {
        if (_console is not { } console)
        {
            return run();
        }

        var result = console.Progress()
            .AutoClear(true)
            .Columns(new ProgressBarColumn(), new AmountColumn(), new TransferSpeedColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                _bar = context.AddTask("hashing", autoStart: true, maxValue: double.MaxValue).IsIndeterminate();
                return run();
            });
        _bar = null;
        return result;
    }

    /// <summary>
    /// Walks the tree ahead of the hashers to learn the total; until then the bar shows only that something moves.
    /// </summary>
    internal async ValueTask MeasureAsync(string root, CancellationToken cancellationToken)
    {
        if (_bar is not { } bar)
        {
            return;
        }

        long total = 0;
        await foreach (var entry in Walker.WalkAsync(root, cancellationToken))
        {
            total += entry.Length;
        }

        bar.MaxValue = Math.Max(total, 1);
        bar.IsIndeterminate = false;
    }
}
