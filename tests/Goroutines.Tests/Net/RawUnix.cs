using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Goroutines.Tests.Net;

/// <summary>What the framework's sockets can't do on a Unix socket: sending a descriptor along (SCM_RIGHTS). Linux's layouts, 64 bit.</summary>
internal static unsafe partial class RawUnix
{
    private const int SocketLevel = 1;
    private const int Rights = 1;

    /// <summary>Sends bytes together with a copy of one of this process's descriptors.</summary>
    internal static void SendWithDescriptor(Socket socket, ReadOnlySpan<byte> bytes, int descriptor)
    {
        byte* control = stackalloc byte[24];
        *(long*)control = 20; // cmsg_len: the header and an int
        ((int*)control)[2] = SocketLevel;
        ((int*)control)[3] = Rights;
        ((int*)control)[4] = descriptor;
        fixed (byte* start = bytes)
        {
            Vector vector = new() { Start = start, Length = bytes.Length };
            Message message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = 24 };
            if (SendMessage(socket.SafeHandle, &message, 0) != bytes.Length)
            {
                throw new InvalidOperationException($"sendmsg failed: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(SafeHandle socket, Message* message, int flags);

    private struct Vector
    {
        public byte* Start;
        public nint Length;
    }

    private struct Message
    {
        public byte* Name;
        public int NameLength;
        public Vector* Vectors;
        public nint VectorCount;
        public byte* Control;
        public nint ControlLength;
        public int Flags;
    }
}
