using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using Goroutines;

namespace Digest;

/// <summary>The command line: its arguments, its help, its errors.</summary>
internal static class CommandLine
{
    private const int MaxWorkers = 1024;

    private const string Description = """
        Prints the SHA-256 of every file below a folder, in the form that 'sha256sum -c' checks.

        Symbolic links are not followed. Pipes, sockets and devices are skipped and reported. Files and folders that
        can't be read are reported on stderr, and the rest is hashed all the same. A name that is not valid UTF-8
        can't be opened, and is reported like that. A progress bar appears when stderr is a terminal and stdout is not.

        Exit codes:
          0    every file was hashed
          1    some files or folders could not be read; the summary on stderr says how many
          2    wrong arguments
          3    the output could not be written
          130  interrupted with Ctrl+C (143: with SIGTERM); the lines printed until then are complete
        """;

    /// <summary>Carries out <paramref name="args"/> and returns the exit code.</summary>
    internal static int Invoke(string[] args, Func<DigestOptions, int> run)
    {
        var folder = new Argument<string>("DIR") { Description = "The folder to hash." };
        folder.Validators.Add(result =>
        {
            var path = result.GetValueOrDefault<string>();
            if (!Directory.Exists(path))
            {
                result.AddError(File.Exists(path) ? $"not a folder: {path}" : $"no such folder: {path}");
            }
        });

        var workers = new Option<int>("--workers", "-w")
        {
            Description = "Number of goroutines that read and hash.",
            HelpName = "N",
            DefaultValueFactory = _ => Go.MaxProcs,
            CustomParser = result =>
            {
                if (!int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var count)
                    || count is < 1 or > MaxWorkers)
                {
                    result.AddError($"--workers must be a number from 1 to {MaxWorkers}");
                }

                return count;
            },
        };

        var sort = new Option<bool>("--sort", "-s") { Description = "Print the lines at the end, ordered by path." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No progress bar and no summary." };

        var command = new RootCommand(Description) { folder, workers, sort, quiet };
        command.Directives.Clear(); // a folder may be called [x]
        command.SetAction(parsed => run(new DigestOptions(
            parsed.GetRequiredValue(folder),
            parsed.GetValue(workers),
            parsed.GetValue(sort),
            parsed.GetValue(quiet))));

        // No response files: a folder may be called @x.
        var result = command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Action is not ParseErrorAction)
        {
            return result.Invoke();
        }

        foreach (var error in result.Errors)
        {
            Console.Error.WriteLine($"digest: {error.Message}");
        }

        Console.Error.WriteLine("Try --help.");
        return ExitCode.Usage;
    }
}
