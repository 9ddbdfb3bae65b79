using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using Goroutines.Platform;

namespace Goroutines.Net.Epoll;

/// <summary>Makes the system calls.</summary>
internal sealed unsafe partial class EpollSocket
{
    // Failures of a first attempt that are not error numbers.
    private const int PastDeadline = -1;
    private const int WasDisposed = -2;

    private const int MostAddress = 128; // sockaddr_storage
    private const int MostGathered = 64; // buffers in one call; Linux accepts 1024

    /// <summary>Makes one attempt to receive.</summary>
    /// <param name="kind">Receive or AwaitData.</param>
    /// <param name="buffer">Receives the bytes.</param>
    /// <param name="result">The bytes received, or why it failed.</param>
    private Outcome TryReceive(NetKind kind, Span<byte> buffer, out int result)
    {
        NetQueue queue = _desc.Read;
        NetEntry entry = queue.TryEnter(out NetFailure failure);
        if (entry != NetEntry.Enter)
        {
            result = failure == NetFailure.Deadline ? PastDeadline : WasDisposed;
            return entry == NetEntry.Fail ? Outcome.Failed : Outcome.NotYet;
        }

        NetCall call;
        int errno;
        fixed (byte* pointer = buffer)
        {
            call = CallReceive(kind, pointer, buffer.Length, out result, out errno);
        }

        if (call == NetCall.WouldBlock)
        {
            return Outcome.InVain;
        }

        queue.Leave(call == NetCall.DoneWithMore);
        if (errno == Libc.OK)
        {
            return Outcome.Done;
        }

        result = errno;
        return Outcome.Failed;
    }

    /// <summary>Makes one attempt to send, with as many calls as it takes.</summary>
    /// <param name="buffer">The bytes to send.</param>
    /// <param name="result">The bytes sent, or why it failed.</param>
    private Outcome TrySend(ReadOnlySpan<byte> buffer, out int result)
    {
        result = 0;
        NetQueue queue = _desc.Write;
        NetEntry entry = queue.TryEnter(out NetFailure failure);
        if (entry != NetEntry.Enter)
        {
            if (entry == NetEntry.Wait)
            {
                return Outcome.NotYet;
            }

            result = failure == NetFailure.Deadline ? PastDeadline : WasDisposed;
            return Outcome.Failed;
        }

        NetCall call;
        int errno;
        fixed (byte* pointer = buffer)
        {
            call = CallSend(pointer, buffer.Length, ref result, out errno);
        }

        if (call == NetCall.WouldBlock)
        {
            return Outcome.InVain;
        }

        queue.Leave(call == NetCall.DoneWithMore);
        if (errno == Libc.OK)
        {
            return Outcome.Done;
        }

        result = errno;
        return Outcome.Failed;
    }

    /// <summary>Makes the calls of the operation that has the turn.</summary>
    internal NetCall Perform(NetOperation operation)
    {
        if (operation.Kind is NetKind.Accept)
        {
            return CallAccept(operation);
        }

        if (operation.Kind is NetKind.Connect)
        {
            return CallIsConnected(operation);
        }

        if (operation.Kind is NetKind.SendGathered)
        {
            return CallSendGathered(operation);
        }

        if (operation.Pointer != 0)
        {
            return PerformAt((byte*)operation.Pointer, operation);
        }

        Span<byte> buffer;
        try
        {
            buffer = operation.Buffer.Span;
        }
        catch (Exception exception)
        {
            // The caller's own type of memory threw. Only this operation fails: nothing was received, and the next one gets the
            // turn. A send that had begun remains incomplete.
            operation.Fail(NetFailure.Memory, exception);
            return NetCall.DoneWithMore;
        }

        fixed (byte* pointer = buffer)
        {
            return PerformAt(pointer, operation);
        }
    }

    private NetCall PerformAt(byte* pointer, NetOperation operation)
    {
        switch (operation.Kind)
        {
            case NetKind.Send:
                return CallSend(pointer, operation.Length, ref operation.Done, out operation.Errno);
            case NetKind.ReceiveFrom or NetKind.ReceivePacket:
                return CallReceiveFrom(pointer, operation);
            case NetKind.SendTo:
                return CallSendTo(pointer, operation);
            default:
                return CallReceive(operation.Kind, pointer, operation.Length, out operation.Done, out operation.Errno);
        }
    }

    private NetCall CallReceive(NetKind kind, byte* pointer, int length, out int received, out int errno)
    {
        byte probe;
        bool peeks = kind == NetKind.AwaitData;
        errno = Libc.OK;
        while (true)
        {
            nint result;
            try
            {
                result = peeks ? Libc.Receive(_handle, &probe, 1, Libc.DontWait | Libc.Peek)
                    : _fill.AsksForRest ? _fill.Receive(_handle, pointer, length)
                    : Libc.Receive(_handle, pointer, length, Libc.DontWait);
            }
            catch (ObjectDisposedException)
            {
                received = 0;
                errno = WasDisposed;
                return NetCall.Done;
            }

            if (result >= 0)
            {
                // Less than asked for: the socket is empty now. The end (0) can be read again.
                received = peeks ? 0 : (int)result;
                return peeks || result == 0 || !_fill.HasEmptied(_handle, (int)result, length) ? NetCall.DoneWithMore : NetCall.Done;
            }

            received = 0;
            switch (Marshal.GetLastPInvokeError())
            {
                case Libc.Interrupted:
                    continue;
                case Libc.WouldBlock:
                    return NetCall.WouldBlock;
                case var failure:
                    errno = failure;
                    return NetCall.DoneWithMore;
            }
        }
    }

    private NetCall CallSend(byte* pointer, int length, ref int sent, out int errno)
    {
        errno = Libc.OK;
        while (sent < length)
        {
            nint result;
            try
            {
                result = Libc.Send(_handle, pointer + sent, length - sent, Libc.DontWait | Libc.NoSignal);
            }
            catch (ObjectDisposedException)
            {
                errno = WasDisposed;
                return NetCall.Done;
            }

            if (result >= 0)
            {
                sent += (int)result;
                if (sent < length && IsDisposed)
                {
                    errno = WasDisposed; // the disposing thread waits for this call to end
                    return NetCall.Done;
                }

                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Libc.Interrupted:
                    continue;
                case Libc.WouldBlock:
                    return NetCall.WouldBlock;
                case var failure:
                    errno = failure;
                    return NetCall.DoneWithMore;
            }
        }

        return NetCall.DoneWithMore;
    }

    private NetCall CallSendGathered(NetOperation operation)
    {
        Libc.Vector* vectors = stackalloc Libc.Vector[MostGathered];
        MemoryHandle[] pins = ArrayPool<MemoryHandle>.Shared.Rent(MostGathered);
        int pinned = 0;
        try
        {
            while (true)
            {
                pinned = 0;
                ReadOnlyMemory<byte>[] buffers = operation.Gathered!;
                for (int i = operation.GatheredIndex, offset = operation.GatheredOffset; i < buffers.Length && pinned < MostGathered; i++, offset = 0)
                {
                    int length = buffers[i].Length - offset;
                    if (length != 0)
                    {
                        pins[pinned] = buffers[i][offset..].Pin();
                        vectors[pinned] = new Libc.Vector { Start = pins[pinned].Pointer, Length = length };
                        pinned++;
                    }
                }

                if (pinned == 0)
                {
                    return NetCall.DoneWithMore; // everything is sent
                }

                nint sent = SendVectors(vectors, pinned, out int errno);
                Unpin(pins, ref pinned);
                switch (errno)
                {
                    case Libc.OK:
                        Advance(operation, sent);
                        if (!IsDisposed)
                        {
                            continue;
                        }

                        goto case WasDisposed; // the disposing thread waits for this call to end
                    case WasDisposed:
                        operation.Fail(NetFailure.Disposed);
                        return NetCall.Done;
                    case Libc.Interrupted:
                        continue;
                    case Libc.WouldBlock:
                        return NetCall.WouldBlock;
                    default:
                        operation.Errno = errno;
                        return NetCall.DoneWithMore;
                }
            }
        }
        catch (Exception exception)
        {
            operation.Fail(NetFailure.Memory, exception); // the caller's own type of memory threw; see Perform
            return NetCall.DoneWithMore;
        }
        finally
        {
            Unpin(pins, ref pinned);
            ArrayPool<MemoryHandle>.Shared.Return(pins);
        }
    }

    private nint SendVectors(Libc.Vector* vectors, int count, out int errno)
    {
        Libc.Message message = new() { Vectors = vectors, VectorCount = count };
        try
        {
            nint sent = Libc.SendMessage(_handle, &message, Libc.DontWait | Libc.NoSignal);
            errno = sent >= 0 ? Libc.OK : Marshal.GetLastPInvokeError();
            return sent;
        }
        catch (ObjectDisposedException)
        {
            errno = WasDisposed;
            return 0;
        }
    }

    private static void Unpin(MemoryHandle[] pins, ref int pinned)
    {
        while (pinned > 0)
        {
            pins[--pinned].Dispose();
            pins[pinned] = default;
        }
    }

    private static void Advance(NetOperation operation, nint sent)
    {
        ReadOnlyMemory<byte>[] buffers = operation.Gathered!;
        while (operation.GatheredIndex < buffers.Length)
        {
            int left = buffers[operation.GatheredIndex].Length - operation.GatheredOffset;
            if (sent < left)
            {
                operation.GatheredOffset += (int)sent;
                return;
            }

            sent -= left;
            operation.GatheredIndex++;
            operation.GatheredOffset = 0;
        }
    }

    private NetCall CallAccept(NetOperation operation)
    {
        byte* address = stackalloc byte[MostAddress];
        while (true)
        {
            int size = MostAddress;
            int accepted;
            try
            {
                accepted = Libc.Accept(_handle, address, &size, Libc.NonBlocking | Libc.CloseOnExec);
            }
            catch (ObjectDisposedException)
            {
                operation.Fail(NetFailure.Disposed);
                return NetCall.Done;
            }

            if (accepted >= 0)
            {
                Descriptor descriptor = new(accepted);
                operation.Accepted = new EpollSocket(descriptor, _family, ToEndPoint(new ReadOnlySpan<byte>(address, size))) { Owner = nameof(Conn) };
                return NetCall.DoneWithMore;
            }

            int errno = Marshal.GetLastPInvokeError();
            switch (errno)
            {
                case Libc.Interrupted or Libc.ConnectionAborted:
                    continue; // interrupted, or a connection that came and went
                case Libc.WouldBlock:
                    return NetCall.WouldBlock;
                default:
                    operation.Errno = errno;
                    return NetCall.DoneWithMore;
            }
        }
    }

    private NetCall CallReceiveFrom(byte* pointer, NetOperation operation)
    {
        byte* address = stackalloc byte[MostAddress];
        while (true)
        {
            int size = MostAddress;
            nint result;
            try
            {
                result = Libc.ReceiveFrom(_handle, pointer, operation.Length, Libc.DontWait, address, &size);
            }
            catch (ObjectDisposedException)
            {
                operation.Fail(NetFailure.Disposed);
                return NetCall.Done;
            }

            if (result >= 0)
            {
                operation.Done = (int)result;
                ReadOnlySpan<byte> from = new(address, Math.Min(size, MostAddress));
                if (operation.Kind == NetKind.ReceiveFrom)
                {
                    operation.From = ToEndPoint(from) ?? new IPEndPoint(IPAddress.Any, 0);
                }
                else if (operation.Address is { } wanted)
                {
                    from.CopyTo(wanted.Buffer.Span);
                    wanted.Size = from.Length;
                }

                return NetCall.DoneWithMore;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Libc.Interrupted:
                    continue;
                case Libc.WouldBlock:
                    return NetCall.WouldBlock;
                case var failure:
                    operation.Errno = failure;
                    return NetCall.DoneWithMore;
            }
        }
    }

    private NetCall CallSendTo(byte* pointer, NetOperation operation)
    {
        ReadOnlySpan<byte> address = operation.Address is { } given ? given.Buffer.Span[..given.Size] : default;
        while (true)
        {
            nint result;
            try
            {
                fixed (byte* to = address)
                {
                    result = Libc.SendTo(_handle, pointer, operation.Length, Libc.DontWait | Libc.NoSignal, to, address.Length);
                }
            }
            catch (ObjectDisposedException)
            {
                operation.Fail(NetFailure.Disposed);
                return NetCall.Done;
            }

            if (result >= 0)
            {
                operation.Done = (int)result;
                return NetCall.DoneWithMore;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case Libc.Interrupted:
                    continue;
                case Libc.WouldBlock:
                    return NetCall.WouldBlock;
                case var failure:
                    operation.Errno = failure;
                    return NetCall.DoneWithMore;
            }
        }
    }
}
