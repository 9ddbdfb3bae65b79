using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Goroutines.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Goroutines.AspNetCore.Transport;

/// <summary>Binds end points on the scheduler's poller. Where the poller is not available, it binds none, and the transport registered
/// before it does.</summary>
internal sealed class TransportFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly GoroutinesTransportOptions _options;
    private readonly IMemoryPoolFactory<byte>? _pools;
    private readonly GoRuntime _runtime;
    private readonly ILogger _logger;

    public TransportFactory(IOptions<GoroutinesTransportOptions> options, ILoggerFactory loggers, IServiceProvider services)
    {
        _options = options.Value;
        _pools = services.GetService<IMemoryPoolFactory<byte>>();
        _runtime = _options.Runtime ?? services.GetService<GoRuntime>() ?? GoRuntime.Default;
        _logger = loggers.CreateLogger("Goroutines.AspNetCore.Transport");
    }

    public bool CanBind(EndPoint endpoint)
        => endpoint is IPEndPoint or UnixDomainSocketEndPoint && !_options.UseFrameworkTransport && ReferenceEquals(NetBackend.Default, NetBackend.Epoll);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        try
        {
            if (socket.ProtocolType == ProtocolType.Tcp)
            {
                socket.NoDelay = _options.NoDelay; // accepted connections inherit it
            }

            socket.Listen(_options.Backlog);
            return new ValueTask<IConnectionListener>(new TransportListener(socket, _runtime, _pools?.Create() ?? MemoryPool<byte>.Shared, _logger));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket.Dispose();
            throw new AddressInUseException(exception.Message, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
