using System.Runtime.InteropServices;
using Xunit;

namespace Goroutines.Tests.Support;

/// <summary>A limit that the system sets to this process (<c>getrlimit</c>), by Linux's numbers.</summary>
internal readonly partial struct ResourceLimit
{
    private readonly int _resource;

    private ResourceLimit(int resource) => _resource = resource;

    /// <summary>The number of descriptors.</summary>
    internal static ResourceLimit Files => new(7);

    /// <summary>The address space, in bytes.</summary>
    internal static ResourceLimit AddressSpace => new(9);

    internal long Get()
    {
        Assert.Equal(0, GetLimit(_resource, out Range range));
        return (long)Math.Min(range.Current, long.MaxValue);
    }

    internal void Set(long limit)
    {
        Assert.Equal(0, GetLimit(_resource, out Range range));
        range.Current = (nuint)limit;
        Assert.Equal(0, SetLimit(_resource, range));
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Range range);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Range range);

    private struct Range
    {
        public nuint Current;
        public nuint Most;
    }
}
