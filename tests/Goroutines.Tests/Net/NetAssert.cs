using System.Net.Sockets;
using Xunit;

namespace Goroutines.Tests.Net;

/// <summary>How operations of the network fail.</summary>
internal static class NetAssert
{
    /// <summary>An <see cref="IOException"/> with a <see cref="TimeoutException"/> inside.</summary>
    public static async Task<IOException> TimesOut(Func<Task> operation)
    {
        IOException exception = await Assert.ThrowsAsync<IOException>(operation);
        Assert.IsType<TimeoutException>(exception.InnerException);
        return exception;
    }

    /// <summary>An <see cref="IOException"/> with a <see cref="SocketException"/> of one of these kinds inside.</summary>
    public static async Task<IOException> Fails(Func<Task> operation, params SocketError[] errors)
    {
        IOException exception = await Assert.ThrowsAsync<IOException>(operation);
        SocketException inner = Assert.IsType<SocketException>(exception.InnerException);
        Assert.Contains(inner.SocketErrorCode, errors);
        return exception;
    }

    public static async Task IsDisposed(Func<Task> operation, string name)
        => Assert.Equal(name, (await Assert.ThrowsAsync<ObjectDisposedException>(operation)).ObjectName);

    public static async Task IsCancelled(Func<Task> operation, CancellationToken token)
    {
        OperationCanceledException exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(operation);
        Assert.Equal(token, exception.CancellationToken);
    }
}
