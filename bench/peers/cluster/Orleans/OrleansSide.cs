using System.Globalization;
using System.Net;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Streams;

namespace Goroutines.ClusterPeer;

/// <summary>Streams of Microsoft Orleans in the memory of a silo, which is a process of its own, and clients of it. Nothing is on disk, and each subscriber gets
/// every value, so it has no rows of several workers and none of a silo that dies. A call is one to a grain.</summary>
/// <remarks>A stream delivers its values one after the other, so a queue is <c>Streams</c> streams that a sender takes in turn. A subscription holds what arrives
/// until it has a worker's place, and Orleans takes the end of that as the confirmation.</remarks>
internal sealed class OrleansSide : Side
{
    private const string Provider = "memory";
    private const int Streams = 64;

    internal static string Version => $"Microsoft Orleans {typeof(Grain).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+', '-')[0]}";

    internal override string Settings => Version;

    /// <summary>Is the silo, until the process is killed.</summary>
    /// <param name="gateway">The port for clients.</param>
    /// <param name="silo">The port for other silos, of which there are none.</param>
    internal static async Task ServeAsync(int gateway, int silo)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(orleans => orleans
            .UseLocalhostClustering(silo, gateway)
            .Configure<EndpointOptions>(static options => options.AdvertisedIPAddress = IPAddress.Loopback)
            .AddMemoryGrainStorage("PubSubStore")
            .AddMemoryStreams(Provider));
        using IHost host = builder.Build();
        await host.RunAsync();
    }

    internal override async ValueTask<Queue> OpenAsync(string url, string queue)
    {
        IHost host = await ConnectAsync(url);
        IStreamProvider provider = host.Services.GetRequiredService<IClusterClient>().GetStreamProvider(Provider);
        OrleansQueue opened = new(host, [.. Enumerable.Range(0, Streams).Select(i => provider.GetStream<byte[]>(StreamId.Create(queue, i)))]);
        await opened.SubscribeAsync();
        return opened;
    }

    internal override async ValueTask<Func<byte[], ValueTask<byte[]>>?> OpenCallAsync(string url, string function)
    {
        IEchoGrain grain = (await ConnectAsync(url)).Services.GetRequiredService<IClusterClient>().GetGrain<IEchoGrain>(function);
        return async value => await grain.EchoAsync(value);
    }

    private static async Task<IHost> ConnectAsync(string url)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client => client
            .UseLocalhostClustering(int.Parse(url.Split(':')[1], CultureInfo.InvariantCulture))
            .AddMemoryStreams(Provider));
        IHost host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private sealed class OrleansQueue(IHost host, IAsyncStream<byte[]>[] streams) : Queue
    {
        private readonly SemaphoreSlim _places = new(0);
        private volatile Func<byte[], ValueTask> _handler = static _ => default;
        private int _next;

        internal async Task SubscribeAsync()
        {
            foreach (IAsyncStream<byte[]> stream in streams)
            {
                await stream.SubscribeAsync(async (value, _) =>
                {
                    await _places.WaitAsync();
                    try
                    {
                        await _handler(value);
                    }
                    finally
                    {
                        _places.Release();
                    }
                });
            }
        }

        internal override async ValueTask SendAsync(byte[] value)
            => await streams[(uint)Interlocked.Increment(ref _next) % Streams].OnNextAsync(value);

        internal override async Task WorkAsync(int concurrency, Func<byte[], ValueTask> handler, CancellationToken stop)
        {
            _handler = handler;
            _places.Release(concurrency);
            TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using (stop.Register(stopped.SetResult))
            {
                await stopped.Task;
            }

            for (int i = 0; i < concurrency; i++)
            {
                await _places.WaitAsync(CancellationToken.None);
            }
        }

        internal override ValueTask HoldOneAsync() => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
}
