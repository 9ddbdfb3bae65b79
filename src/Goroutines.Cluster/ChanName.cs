using Goroutines.Cluster.Engine;

namespace Goroutines.Cluster;

/// <summary>The name of a channel of the cluster and how its values are written: a static field that all programs share.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public sealed class ChanName<T>
{
    /// <summary>Makes a name.</summary>
    /// <param name="name">The name: any text of 1 to 100 bytes in UTF-8.</param>
    /// <param name="codec">How values are written.</param>
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

    /// <summary>Gets how values are written.</summary>
    public IClusterCodec<T> Codec { get; }

    /// <summary>The name as engines see it.</summary>
    internal string Token { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The name of a function of the cluster and how its request and response are written: a static field that all programs share.</summary>
/// <typeparam name="TRequest">The type of the requests.</typeparam>
/// <typeparam name="TResponse">The type of the responses.</typeparam>
public sealed class FuncName<TRequest, TResponse>
{
    /// <summary>Makes a name.</summary>
    /// <param name="name">The name: any text of 1 to 100 bytes in UTF-8.</param>
    /// <param name="request">How requests are written.</param>
    /// <param name="response">How responses are written.</param>
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

    /// <summary>Gets how requests are written.</summary>
    public IClusterCodec<TRequest> Request { get; }

    /// <summary>Gets how responses are written.</summary>
    public IClusterCodec<TResponse> Response { get; }

    /// <summary>The name as engines see it.</summary>
    internal string Token { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
