namespace Goroutines.ClusterPeer;

/// <summary>A grain that returns what it is given.</summary>
public interface IEchoGrain : IGrainWithStringKey
{
    Task<byte[]> EchoAsync(byte[] value);
}

/// <inheritdoc cref="IEchoGrain"/>
public sealed class EchoGrain : Grain, IEchoGrain
{
    public Task<byte[]> EchoAsync(byte[] value) => Task.FromResult(value);
}
