using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Goroutines.Cluster.Engine;

/// <summary>The meter and the activity source <c>Goroutines.Cluster</c>.</summary>
internal static class Meters
{
    internal static readonly ActivitySource Source = new("Goroutines.Cluster");
    private static readonly Meter s_meter = new("Goroutines.Cluster");

    internal static readonly Counter<long> Sent = s_meter.CreateCounter<long>("goroutines.cluster.sent", "{value}", "Values that the engine has stored.");
    internal static readonly Counter<long> Refused = s_meter.CreateCounter<long>("goroutines.cluster.refused", "{value}", "Sends that found the channel full.");
    internal static readonly Counter<long> Received = s_meter.CreateCounter<long>("goroutines.cluster.received", "{value}", "Values handed to a receiver.");
    internal static readonly Counter<long> Redelivered = s_meter.CreateCounter<long>("goroutines.cluster.redelivered", "{value}", "Values handed to a receiver that had been handed out before.");
    internal static readonly Counter<long> Acked = s_meter.CreateCounter<long>("goroutines.cluster.acked", "{value}", "Values acknowledged.");
    internal static readonly Counter<long> Returned = s_meter.CreateCounter<long>("goroutines.cluster.returned", "{value}", "Values given back without having failed.");
    internal static readonly Counter<long> Retried = s_meter.CreateCounter<long>("goroutines.cluster.retried", "{value}", "Values given back to be tried again later.");
    internal static readonly Counter<long> Dead = s_meter.CreateCounter<long>("goroutines.cluster.dead", "{value}", "Values that became dead letters.");
    internal static readonly Counter<long> HoldsLost = s_meter.CreateCounter<long>("goroutines.cluster.holds.lost", "{value}", "Values whose holder lost them to another.");
    internal static readonly Counter<long> LeasesLost = s_meter.CreateCounter<long>("goroutines.cluster.leases.lost", "{lease}", "Leases that ran out while they were held.");
    internal static readonly Counter<long> Repeated = s_meter.CreateCounter<long>("goroutines.cluster.repeated", "{operation}", "Operations that were repeated because their answer did not come.");
    internal static readonly UpDownCounter<long> InFlight = s_meter.CreateUpDownCounter<long>("goroutines.cluster.in_flight", "{value}", "Values held by this process.");
    internal static readonly Histogram<double> Handling = s_meter.CreateHistogram<double>("goroutines.cluster.handling", "s", "How long handlers took.");

    internal static KeyValuePair<string, object?> Channel(string name) => new("channel", name);
}
