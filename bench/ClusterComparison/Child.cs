using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Goroutines.ClusterComparison;

/// <summary>A process that says on its output how far it is. Every wait for it has a limit, and says what it was for.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _errors = [];
    private readonly string _name;
    private readonly Process _process;

    public Child(string name, string program, IEnumerable<string> arguments)
    {
        _name = name;
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        _process.OutputDataReceived += (_, e) =>
        {
            if (e.Data is null)
            {
                _lines.Writer.TryComplete();
            }
            else
            {
                _lines.Writer.TryWrite(e.Data);
            }
        };
        _process.ErrorDataReceived += (_, e) =>
        {
            lock (_errors)
            {
                if (e.Data is not null && _errors.Count < 20)
                {
                    _errors.Add(e.Data);
                }
            }
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Waits for the next line.</summary>
    /// <exception cref="ComparisonException">The process ended, or was silent for too long.</exception>
    public async Task<string> LineAsync(TimeSpan limit, string what)
    {
        using CancellationTokenSource timeout = new(limit);
        try
        {
            return await _lines.Reader.ReadAsync(timeout.Token);
        }
        catch (ChannelClosedException)
        {
            await _process.WaitForExitAsync(CancellationToken.None);
            throw Failure($"ended (exit code {_process.ExitCode}) before {what}");
        }
        catch (OperationCanceledException)
        {
            throw Failure($"waited {limit.TotalSeconds:0} s for {what}");
        }
    }

    /// <summary>Waits for a line that begins with a word, and returns the numbers after it.</summary>
    public async Task<long[]> ExpectAsync(string word, TimeSpan limit)
    {
        string line = await LineAsync(limit, word);
        string[] words = line.Split(' ');
        return words[0] == word ? [.. words[1..].Select(static number => long.Parse(number, CultureInfo.InvariantCulture))] : throw Failure($"said \"{line}\" instead of {word}");
    }

    /// <returns>true if a line was there, whose numbers are in <paramref name="numbers"/>.</returns>
    public bool TryLine(out long[] numbers)
    {
        bool found = _lines.Reader.TryRead(out string? line);
        numbers = found ? [.. line!.Split(' ')[1..].Select(static number => long.Parse(number, CultureInfo.InvariantCulture))] : [];
        return found;
    }

    public void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <summary>Kills the process, which gets no chance to give anything back.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends the process by the end of its input, and kills it if it does not end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(5));
            try
            {
                await _process.WaitForExitAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private ComparisonException Failure(string what)
    {
        lock (_errors)
        {
            return new ComparisonException($"{_name} {what}{(_errors.Count == 0 ? "" : $": {string.Join(" | ", _errors)}")}");
        }
    }
}

internal sealed class ComparisonException(string message) : Exception(message);
