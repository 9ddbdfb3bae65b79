using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Goroutines.AspNetCore.Tests;

/// <summary>A client that writes and reads bytes, and says how the connection ended.</summary>
internal sealed partial class RawClient : IDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65536];
    private string _received = "";

    private RawClient(Socket socket) => _socket = socket;

    internal static async Task<RawClient> ConnectAsync(EndPoint server, int? receiveBuffer = null)
    {
        Socket socket = new(server.AddressFamily, SocketType.Stream, server is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        if (receiveBuffer is { } size)
        {
            socket.ReceiveBufferSize = size;
        }

        await socket.ConnectAsync(server, TestContext.Current.CancellationToken);
        return new RawClient(socket);
    }

    internal Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    internal async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += await _socket.SendAsync(bytes[sent..], SocketFlags.None, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    internal void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with a reset.</summary>
    internal void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>Reads until what has come ends with <paramref name="end"/>.</summary>
    internal async Task<string> ReadUntilAsync(string end)
    {
        int at;
        while ((at = _received.IndexOf(end, StringComparison.Ordinal)) < 0)
        {
            string more = await ReadSomeAsync();
            if (more.Length == 0)
            {
                return Normal(_received) + "<END>";
            }

            _received += more;
        }

        string text = _received[..(at + end.Length)];
        _received = _received[(at + end.Length)..];
        return Normal(text);
    }

    /// <summary>Reads until the server ends the connection.</summary>
    internal async Task<string> ReadToEndAsync()
    {
        StringBuilder all = new(_received);
        _received = "";
        try
        {
            while (await ReadSomeAsync() is { Length: > 0 } more)
            {
                all.Append(more);
            }

            return Normal(all.ToString()) + "<FIN>";
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            return Normal(all.ToString()) + "<RST>";
        }
    }

    private async Task<string> ReadSomeAsync()
    {
        int count = await _socket.ReceiveAsync(_buffer, SocketFlags.None, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        return Encoding.Latin1.GetString(_buffer, 0, count);
    }

    /// <summary>Leaves out what differs from run to run, and shortens long bodies to their length.</summary>
    private static string Normal(string text)
        => LongRun().Replace(DateLine().Replace(text, "Date: *\r\n"), static match => string.Create(CultureInfo.InvariantCulture, $"{match.Value[0]}×{match.Length}"));

    [GeneratedRegex("Date: [^\r]*\r\n")]
    private static partial Regex DateLine();

    [GeneratedRegex("x{200,}")]
    private static partial Regex LongRun();

    public void Dispose() => _socket.Dispose();
}
