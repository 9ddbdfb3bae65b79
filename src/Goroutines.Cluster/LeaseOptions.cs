namespace Goroutines.Cluster;

/// <summary>Settings of a <see cref="Lease"/>.</summary>
public sealed class LeaseOptions
{
    /// <summary>Gets or sets how long after a holder's last sign of life another member may take the lease. From 100 milliseconds to an hour. The default is 15
    /// seconds.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromSeconds(15);

    internal LeaseOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Ttl, TimeSpan.FromMilliseconds(100));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Ttl, TimeSpan.FromHours(1));
        return (LeaseOptions)MemberwiseClone();
    }
}
