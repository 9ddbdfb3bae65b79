using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster;

/// <summary>The name of a channel of the cluster and the codec of its values. Keep it in a static field that all programs share.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class ChanName<T>
{
    /// <summary>Creates a name.</summary>
    /// <param name="name">The name: any text of 1 to 100 bytes in UTF-8.</param>
    /// <param name="codec">The codec of the values.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="codec"/> is <see langword="null"/>.</exception>
    public ChanName(string name, IClusterCodec<T> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        Token = Names.Escape(name);
        Name = name;
        Codec = codec;
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets the codec of the values.</summary>
    public IClusterCodec<T> Codec { get; }

    /// <summary>The name as engines see it.</summary>
    internal string Token { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The name of a function of the cluster and the codecs of its request and response. Keep it in a static field that all programs share.</summary>
/// <typeparam name="TRequest">The type of the requests.</typeparam>
/// <typeparam name="TResponse">The type of the responses.</typeparam>
public sealed class FuncName<TRequest, TResponse>
{
    /// <summary>Creates a name.</summary>
    /// <param name="name">The name: any text of 1 to 100 bytes in UTF-8.</param>
    /// <param name="request">The codec of requests.</param>
    /// <param name="response">The codec of responses.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long.</exception>
    /// <exception cref="ArgumentNullException">A codec is <see langword="null"/>.</exception>
    public FuncName(string name, IClusterCodec<TRequest> request, IClusterCodec<TResponse> response)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(response);
        Token = Names.Escape(name);
        Name = name;
        Request = request;
        Response = response;
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets the codec of requests.</summary>
    public IClusterCodec<TRequest> Request { get; }

    /// <summary>Gets the codec of responses.</summary>
    public IClusterCodec<TResponse> Response { get; }

    /// <summary>The name as engines see it.</summary>
    internal string Token { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
