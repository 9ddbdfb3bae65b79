using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Goroutines.Platform;

/// <summary>Linux's error numbers as the framework's socket errors.</summary>
internal static class Errno
{
    internal static SocketError ToSocketError(int errno) => errno switch
    {
        1 or 13 => SocketError.AccessDenied,             // EPERM, EACCES
        2 or 99 => SocketError.AddressNotAvailable,      // ENOENT (no such Unix socket), EADDRNOTAVAIL
        9 => SocketError.OperationAborted,               // EBADF
        11 => SocketError.WouldBlock,                    // EAGAIN
        14 => SocketError.Fault,                         // EFAULT
        22 => SocketError.InvalidArgument,               // EINVAL
        23 or 24 => SocketError.TooManyOpenSockets,      // ENFILE, EMFILE
        32 => SocketError.Shutdown,                      // EPIPE
        88 => SocketError.NotSocket,                     // ENOTSOCK
        89 => SocketError.DestinationAddressRequired,    // EDESTADDRREQ
        90 => SocketError.MessageSize,                   // EMSGSIZE
        91 => SocketError.ProtocolType,                  // EPROTOTYPE
        95 => SocketError.OperationNotSupported,         // EOPNOTSUPP
        97 => SocketError.AddressFamilyNotSupported,     // EAFNOSUPPORT
        98 => SocketError.AddressAlreadyInUse,           // EADDRINUSE
        100 => SocketError.NetworkDown,                  // ENETDOWN
        101 => SocketError.NetworkUnreachable,           // ENETUNREACH
        103 => SocketError.ConnectionAborted,            // ECONNABORTED
        104 => SocketError.ConnectionReset,              // ECONNRESET
        12 or 28 or 105 => SocketError.NoBufferSpaceAvailable, // ENOMEM, ENOSPC (watches), ENOBUFS
        106 => SocketError.IsConnected,                  // EISCONN
        107 => SocketError.NotConnected,                 // ENOTCONN
        110 => SocketError.TimedOut,                     // ETIMEDOUT
        111 => SocketError.ConnectionRefused,            // ECONNREFUSED
        112 => SocketError.HostDown,                     // EHOSTDOWN
        113 => SocketError.HostUnreachable,              // EHOSTUNREACH
        _ => SocketError.SocketError,
    };

    /// <summary>Returns the exception that the framework's sockets would throw, with the system's own text if the framework has none.</summary>
    internal static SocketException ToException(int errno)
    {
        SocketError error = ToSocketError(errno);
        return error == SocketError.SocketError
            ? new SocketException((int)error, $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
            : new SocketException((int)error);
    }
}
