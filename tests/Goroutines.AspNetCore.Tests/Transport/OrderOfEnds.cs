using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Goroutines.AspNetCore.Tests;

/// <summary>Connection middleware that fixes the order in which the server hears of the client's end in two ways.</summary>
internal static class OrderOfEnds
{
    /// <summary>The end of the input comes first: the connection's token is not cancelled before the server is done.</summary>
    internal static ConnectionDelegate ParserFirst(ConnectionDelegate next) => async connection =>
    {
        CancellationToken real = connection.ConnectionClosed;
        connection.ConnectionClosed = CancellationToken.None;
        await next(connection);
        connection.ConnectionClosed = real;
    };

    /// <summary>The connection's token comes first: the end of the input is held back until its callbacks have run.</summary>
    internal static ConnectionDelegate ConnectionFirst(ConnectionDelegate next) => connection =>
    {
        // Callbacks run in the opposite order of their registration: the server's, which comes later, runs first.
        TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionClosed.Register(closed.SetResult);
        connection.Transport = new Pipes(new LateEnd(connection.Transport.Input, closed.Task), connection.Transport.Output);
        return next(connection);
    };

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Tells of the end when something else has happened.</summary>
    private sealed class LateEnd(PipeReader inner, Task happened) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ReadResult result = await inner.ReadAsync(cancellationToken);
            if (result.IsCompleted)
            {
                await happened.WaitAsync(RawClient.Patience, cancellationToken);
            }

            return result;
        }

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return false; // so that ReadAsync is used
        }

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
