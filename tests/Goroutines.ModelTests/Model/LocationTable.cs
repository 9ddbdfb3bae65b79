namespace Goroutines.ModelTests.Model;

/// <summary>The places in memory that one execution has accessed.</summary>
internal sealed class LocationTable
{
    private readonly Dictionary<nint, Location> _byAddress = [];
    private readonly List<Location> _all = [];

    internal void Reset() => _byAddress.Clear();

    internal Location Get(nint address)
    {
        if (!_byAddress.TryGetValue(address, out Location? location))
        {
            int id = _byAddress.Count;
            if (id == _all.Count)
            {
                _all.Add(new Location());
            }

            location = _all[id];
            location.Reset(id, address);
            _byAddress.Add(address, location);
        }

        return location;
    }
}
