using System.Runtime.InteropServices;

namespace Goroutines.Platform;

/// <summary>The system calls of the epoll backend. The numbers are those of Linux on x64 and arm64.</summary>
internal static unsafe partial class Libc
{
    internal const int OK = 0;
    internal const int Interrupted = 4;       // EINTR
    internal const int WouldBlock = 11;       // EAGAIN
    internal const int NoSystemCall = 38;     // ENOSYS
    internal const int ConnectionAborted = 103;
    internal const int NotConnected = 107;
    internal const int InProgress = 115;

    internal const int DontWait = 0x40;       // MSG_DONTWAIT
    internal const int NoSignal = 0x4000;     // MSG_NOSIGNAL
    internal const int Peek = 2;              // MSG_PEEK

    internal const int NonBlocking = 0x800;   // SOCK_NONBLOCK, EFD_NONBLOCK
    internal const int CloseOnExec = 0x80000; // SOCK_CLOEXEC, EPOLL_CLOEXEC, EFD_CLOEXEC

    internal const int Add = 1;               // EPOLL_CTL_ADD
    internal const int Delete = 2;            // EPOLL_CTL_DEL
    internal const int Modify = 3;            // EPOLL_CTL_MOD

    internal const uint In = 0x1;             // EPOLLIN …
    internal const uint Priority = 0x2;       // EPOLLPRI: urgent data
    internal const uint Out = 0x4;
    internal const uint Error = 0x8;
    internal const uint HungUp = 0x10;
    internal const uint ReadHungUp = 0x2000;
    internal const uint EdgeTriggered = 1u << 31;

    internal const int SocketLevel = 1;       // SOL_SOCKET
    internal const int SocketErrorOption = 4; // SO_ERROR
    internal const int LingerOption = 13;     // SO_LINGER

    internal const int TcpLevel = 6;          // SOL_TCP
    internal const int LeftOption = 36;       // TCP_INQ, and TCP_CM_INQ in the control message

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    internal static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    internal static partial int EpollControl(Descriptor epoll, int operation, SafeHandle descriptor, byte* registration);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    internal static partial int EpollWait(Descriptor epoll, byte* found, int most, int milliseconds);

    /// <summary>epoll_pwait2, which takes nanoseconds; not in every C library.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint EpollWait2(nint number, Descriptor epoll, byte* found, nint most, TimeSpec* timeout, nint signals, nint size);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    internal static partial int EventFd(uint count, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(Descriptor descriptor, void* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(Descriptor descriptor, void* bytes, nint count);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    internal static partial nint Receive(SafeHandle socket, void* bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    internal static partial nint Send(SafeHandle socket, void* bytes, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "recvfrom", SetLastError = true)]
    internal static partial nint ReceiveFrom(SafeHandle socket, void* bytes, nint count, int flags, byte* address, int* addressSize);

    [LibraryImport("libc", EntryPoint = "sendto", SetLastError = true)]
    internal static partial nint SendTo(SafeHandle socket, void* bytes, nint count, int flags, byte* address, int addressSize);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    internal static partial nint SendMessage(SafeHandle socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    internal static partial nint ReceiveMessage(SafeHandle socket, Message* message, int flags);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    internal static partial int Accept(SafeHandle socket, byte* address, int* addressSize, int flags);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    internal static partial int Connect(SafeHandle socket, byte* address, int addressSize);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    internal static partial int Shutdown(SafeHandle socket, int how);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    internal static partial int LocalName(SafeHandle socket, byte* address, int* addressSize);

    [LibraryImport("libc", EntryPoint = "getpeername", SetLastError = true)]
    internal static partial int PeerName(SafeHandle socket, byte* address, int* addressSize);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    internal static partial int GetOption(SafeHandle socket, int level, int option, void* value, int* size);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    internal static partial int SetOption(SafeHandle socket, int level, int option, void* value, int size);

    [LibraryImport("libc", EntryPoint = "close")]
    internal static partial int Close(nint descriptor);

    /// <summary>struct iovec.</summary>
    internal struct Vector
    {
        internal void* Start;
        internal nint Length;
    }

    /// <summary>struct msghdr of glibc, and of musl on 64-bit little-endian systems, where its padding compensates for the shorter counts.</summary>
    internal struct Message
    {
        internal void* Name;
        internal nint NameLength;
        internal Vector* Vectors;
        internal nint VectorCount;
        internal void* Control;
        internal nint ControlLength;
        internal nint Flags;
    }

    /// <summary>struct cmsghdr of glibc, and of musl on 64-bit little-endian systems, with the one number behind it that TCP_INQ gives.</summary>
    internal struct ControlMessage
    {
        internal nint Length;
        internal int Level;
        internal int Type;
        internal int Value;
    }

    internal struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
