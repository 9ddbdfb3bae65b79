using Goroutines;
using Spectre.Console;

namespace Tour;

/// <summary>Prints the tour: with colours on a terminal, as plain lines of any length elsewhere.</summary>
internal sealed class Display
{
    private const int NameWidth = 26;

    private readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings());

    internal Display()
    {
        if (Console.IsOutputRedirected)
        {
            _console.Profile.Width = int.MaxValue; // the reader of the output wraps it
        }
    }

    internal void Heading()
    {
        _console.MarkupLineInterpolated(
            $"[bold]Goroutines for .NET[/]: {Environment.Version} on {Environment.ProcessorCount} processors, MaxProcs {Go.MaxProcs}");
    }

    internal void Begin(int number, Step step)
    {
        _console.WriteLine();
        _console.MarkupLineInterpolated($"[bold blue]{number}. {step.Title}[/]");
        _console.MarkupLineInterpolated($"   [grey]{step.Shows}[/]");
    }

    internal void End(Findings findings)
    {
        foreach (var (kind, name, value) in findings.All)
        {
            switch (kind)
            {
                case FindingKind.Fact:
                    _console.MarkupLineInterpolated($"   {name.PadRight(NameWidth)} [bold]{value}[/]");
                    break;
                case FindingKind.Text:
                    _console.MarkupLineInterpolated($"   [grey]|[/] {name}");
                    break;
                case FindingKind.Holds:
                    _console.MarkupLineInterpolated($"   [green]ok[/] {name}");
                    break;
                case FindingKind.Fails:
                    _console.MarkupLineInterpolated($"   [bold red]FAILED[/] {name}");
                    break;
            }
        }
    }

    internal void Summary(int steps, int failed, TimeSpan elapsed)
    {
        _console.WriteLine();
        if (failed == 0)
        {
            _console.MarkupLineInterpolated($"[bold green]all {steps} steps ok[/] in {elapsed.TotalSeconds:F1} s");
        }
        else
        {
            _console.MarkupLineInterpolated($"[bold red]{failed} of {steps} steps failed[/] in {elapsed.TotalSeconds:F1} s");
        }
    }
}
