using System.Collections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Goroutines.AspNetCore.Transport;

/// <summary>The connection is its own feature collection, so that it needs no dictionary.</summary>
internal sealed partial class TransportConnection : IFeatureCollection, IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature,
    IMemoryPoolFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature, IConnectionSocketFeature
{
    private static readonly Type[] s_own =
    [
        typeof(IConnectionIdFeature), typeof(IConnectionTransportFeature), typeof(IConnectionItemsFeature), typeof(IMemoryPoolFeature),
        typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature), typeof(IConnectionSocketFeature),
    ];

    /// <summary>The features that the server and its middleware have set or replaced. A null value marks a removed one.</summary>
    private List<KeyValuePair<Type, object?>>? _set;
    private int _revision;

    bool IFeatureCollection.IsReadOnly => false;

    int IFeatureCollection.Revision => _revision;

    object? IFeatureCollection.this[Type key]
    {
        get => Find(key);
        set => Put(key, value);
    }

    TFeature? IFeatureCollection.Get<TFeature>()
        where TFeature : default
        => (TFeature?)Find(typeof(TFeature));

    void IFeatureCollection.Set<TFeature>(TFeature? instance)
        where TFeature : default
        => Put(typeof(TFeature), instance);

    IEnumerator<KeyValuePair<Type, object>> IEnumerable<KeyValuePair<Type, object>>.GetEnumerator()
    {
        foreach (Type key in s_own.Concat(_set?.Select(static entry => entry.Key) ?? []).Distinct().ToArray())
        {
            if (Find(key) is { } feature)
            {
                yield return KeyValuePair.Create(key, feature);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<KeyValuePair<Type, object>>)this).GetEnumerator();

    private object? Find(Type key)
    {
        if (_set is { } set)
        {
            foreach (KeyValuePair<Type, object?> entry in set)
            {
                if (entry.Key == key)
                {
                    return entry.Value;
                }
            }
        }

        return Array.IndexOf(s_own, key) >= 0 ? this : null;
    }

    private void Put(Type key, object? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        _revision++;
        List<KeyValuePair<Type, object?>> set = _set ??= new List<KeyValuePair<Type, object?>>(6);
        int index = set.FindIndex(entry => entry.Key == key);
        if (index >= 0)
        {
            set[index] = KeyValuePair.Create(key, value);
        }
        else
        {
            set.Add(KeyValuePair.Create(key, value));
        }
    }
}
