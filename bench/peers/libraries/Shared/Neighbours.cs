namespace Goroutines.Peers;

/// <summary>The members that a member of <c>big</c> pings: drawn by a generator of its own, so that every side draws the same.</summary>
internal struct Neighbours(int member)
{
    private uint _state = (uint)member * 2654435761 + 1;

    /// <summary>Any member but this one.</summary>
    public int Next()
    {
        _state = _state * 1664525 + 1013904223;
        var other = (int)((_state >> 8) % (Suite.Members - 1));
        return other < member ? other : other + 1;
    }
}
