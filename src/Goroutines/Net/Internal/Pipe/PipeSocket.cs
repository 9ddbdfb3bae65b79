using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Goroutines.Runtime;

namespace Goroutines.Net.Pipe;

/// <summary>One end of an in-memory connection (net/pipe.go: <c>pipe</c>).</summary>
/// <param name="incoming">The half that the other end writes to.</param>
/// <param name="outgoing">The half that the other end reads from.</param>
internal sealed class PipeSocket(PipeHalf incoming, PipeHalf outgoing) : NetSocket
{
    private int _disposed;

    internal override bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    internal override EndPoint LocalEndPoint => PipeEndPoint.Instance;

    internal override EndPoint RemoteEndPoint => PipeEndPoint.Instance;

    internal override DateTimeOffset? ReadDeadline
    {
        get => incoming.Reader.Deadline;
        set => SetDeadline(incoming.Reader, value);
    }

    internal override DateTimeOffset? WriteDeadline
    {
        get => outgoing.Writer.Deadline;
        set => SetDeadline(outgoing.Writer, value);
    }

    internal override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        => Start(incoming, incoming.Reader, buffer, 0, buffer.Length, cancellationToken);

    internal override unsafe int Receive(Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            return ThreadWait.Synchronously.Wait(Start(incoming, incoming.Reader, default, (nint)pointer, buffer.Length, default));
        }
    }

    internal override ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        Memory<byte> bytes = MemoryMarshal.AsMemory(buffer);
        if (OperationHooks.BeforeOperation("write", outgoing))
        {
            return OperationHooks.Defer(this, (buffer, cancellationToken), static (socket, arguments) => socket.SendAsync(arguments.buffer, arguments.cancellationToken));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled(cancellationToken);
        }

        PipeOperation operation = Begin(outgoing, outgoing.Writer, bytes, 0, buffer.Length, cancellationToken);
        return new ValueTask(operation, operation.Version);
    }

    internal override unsafe void Send(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            ThreadWait.Synchronously.Wait(Start(outgoing, outgoing.Writer, default, (nint)pointer, buffer.Length, default));
        }
    }

    /// <summary>Copies the buffers into one, since there is no system call to save.</summary>
    internal override ValueTask SendGatheredAsync(ReadOnlyMemory<byte>[] buffers, CancellationToken cancellationToken)
    {
        byte[] all = new byte[buffers.Sum(static buffer => buffer.Length)];
        Span<byte> rest = all;
        foreach (ReadOnlyMemory<byte> buffer in buffers)
        {
            buffer.Span.CopyTo(rest);
            rest = rest[buffer.Length..];
        }

        return SendAsync(all, cancellationToken);
    }

    internal override void Shutdown(SocketShutdown how)
    {
        if (IsDisposed)
        {
            throw Disposed();
        }

        OperationHooks.Observe("shut", this);
        if (how is SocketShutdown.Receive or SocketShutdown.Both)
        {
            incoming.Shut();
        }

        if (how is SocketShutdown.Send or SocketShutdown.Both)
        {
            outgoing.Shut();
        }
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        OperationHooks.Observe("close", this);
        incoming.Reader.Close();
        outgoing.Writer.Close();
        incoming.Shut();
        outgoing.Shut();
    }

    internal override T Use<T>(Func<Socket, T> action) => throw new NotSupportedException("An in-memory connection has no socket, and so no options.");

    internal override ValueTask ConnectAsync(EndPoint remote, CancellationToken cancellationToken) => throw NoSuchOperation();

    internal override ValueTask<NetSocket> AcceptAsync(CancellationToken cancellationToken) => throw NoSuchOperation();

    internal override ValueTask<(int Count, EndPoint From)> ReceiveFromAsync(Memory<byte> buffer, CancellationToken cancellationToken) => throw NoSuchOperation();

    internal override ValueTask<int> SendToAsync(ReadOnlyMemory<byte> buffer, EndPoint to, CancellationToken cancellationToken) => throw NoSuchOperation();

    internal override ValueTask<int> ReceivePacketAsync(Memory<byte> buffer, SocketAddress? from, CancellationToken cancellationToken) => throw NoSuchOperation();

    internal override ValueTask<int> SendPacketAsync(ReadOnlyMemory<byte> buffer, SocketAddress? to, CancellationToken cancellationToken) => throw NoSuchOperation();

    private PipeOperation Begin(PipeHalf half, PipeSide side, Memory<byte> buffer, nint pointer, int length, CancellationToken cancellationToken)
    {
        PipeOperation operation = PipeOperation.Rent(this, side);
        operation.Buffer = buffer;
        operation.Pointer = pointer;
        operation.Length = length;
        half.Start(operation);
        if (cancellationToken.CanBeCanceled && !operation.IsCompleted)
        {
            operation.LinkCancellation(cancellationToken);
        }

        return operation;
    }

    private ValueTask<int> Start(PipeHalf half, PipeSide side, Memory<byte> buffer, nint pointer, int length, CancellationToken cancellationToken)
    {
        if (OperationHooks.BeforeOperation(side.IsReading ? "read" : "write", half))
        {
            return OperationHooks.Defer(this, (half, side, buffer, pointer, length, cancellationToken), static (socket, arguments) => socket.Start(arguments.half, arguments.side, arguments.buffer, arguments.pointer, arguments.length, arguments.cancellationToken));
        }

        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<int>(cancellationToken);
        }

        PipeOperation operation = Begin(half, side, buffer, pointer, length, cancellationToken);
        return new ValueTask<int>(operation, operation.Version);
    }

    private void SetDeadline(PipeSide side, DateTimeOffset? deadline)
    {
        if (IsDisposed)
        {
            throw Disposed();
        }

        side.SetDeadline(deadline);
    }

    private static NotSupportedException NoSuchOperation() => new("An in-memory connection has two ends from the start.");
}
