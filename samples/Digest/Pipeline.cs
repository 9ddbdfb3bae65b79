using Goroutines;

namespace Digest;

/// <summary>
/// One walker, <see cref="DigestOptions.Workers"/> hashers, and the caller as collector, joined by two bounded channels:
/// when the hashers can't follow, the walker waits, so that memory stays small however large the tree is.
///
/// The ends: the walker closes the channel of paths; each hasher ends when that is drained; when all have ended the
/// channel of outcomes is closed, which ends the collector. Cancellation stops walker and hashers at their next wait or
/// read, and runs down the same line, so the collector still gets every outcome that was handed over.
/// </summary>
internal sealed class Pipeline(DigestOptions options, SumWriter output, Messages messages)
{
    private const int QueueLength = 256;

    private readonly Chan<string> _paths = new(QueueLength);
    private readonly Chan<Outcome> _outcomes = new(QueueLength);

    /// <summary>Hashes the tree; true when the output could be written.</summary>
    internal async ValueTask<bool> RunAsync(Tally tally, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        List<Goroutine> stages = [Go.Run(() => StageAsync(WalkAsync, stop))];
        for (var i = 0; i < options.Workers; i++)
        {
            stages.Add(Go.Run(() => StageAsync(HashAsync, stop)));
        }

        var end = Go.Run(async () =>
        {
            try
            {
                foreach (var stage in stages)
                {
                    await stage;
                }
            }
            finally
            {
                _outcomes.Close();
            }
        });

        var written = await CollectAsync(tally, stop);
        await end;
        return written;
    }

    /// <summary>Runs a stage; one that fails stops the others, one that is cancelled just ends.</summary>
    private static async ValueTask StageAsync(Func<CancellationToken, ValueTask> stage, CancellationTokenSource stop)
    {
        try
        {
            await stage(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async ValueTask WalkAsync(CancellationToken cancellationToken)
    {
        await foreach (var entry in Walker.WalkAsync(options.Root, cancellationToken))
        {
            switch (entry.Kind)
            {
                case EntryKind.File:
                    await _paths.SendAsync(entry.Path, cancellationToken);
                    break;
                case EntryKind.Link:
                    await _outcomes.SendAsync(new Outcome(OutcomeKind.Link, entry.Path, ""), cancellationToken);
                    break;
                default:
                    await _outcomes.SendAsync(entry.Detail, cancellationToken);
                    break;
            }
        }

        _paths.Close();
    }

    private async ValueTask HashAsync(CancellationToken cancellationToken)
    {
        using var hasher = new FileHasher();
        while (await _paths.ReceiveAsync(cancellationToken) is (var path, true))
        {
            var outcome = await hasher.HashAsync(path, messages.Hashed, cancellationToken);
            await _outcomes.SendAsync(outcome, cancellationToken);
        }
    }

    private async ValueTask<bool> CollectAsync(Tally tally, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var outcome in _outcomes)
            {
                tally.Count(outcome);
                Report(outcome);
                if (_outcomes.Count == 0)
                {
                    output.Flush(); // about to wait: the reader of the output should not
                }
            }

            output.Finish();
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            messages.Write($"the output can't be written: {e.Message}");
            await stop.CancelAsync();
            await foreach (var _ in _outcomes)
            {
                // Take what is still handed over, so that the stages can end.
            }

            return false;
        }
    }

    private void Report(in Outcome outcome)
    {
        switch (outcome.Kind)
        {
            case OutcomeKind.Hashed:
                output.Add(outcome.Detail, outcome.Path);
                break;
            case OutcomeKind.Failed:
                messages.Write($"{SumLine.Printable(outcome.Path)}: {outcome.Detail}");
                break;
            case OutcomeKind.Special:
                messages.Write($"{SumLine.Printable(outcome.Path)}: skipped, a {outcome.Detail}");
                break;
        }
    }
}
