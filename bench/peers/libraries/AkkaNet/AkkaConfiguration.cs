namespace Goroutines.Peers.AkkaNet;

/// <summary>The settings of the actor system: as they come, and the executor and the throughput that its documentation names for speed.</summary>
internal static class AkkaConfiguration
{
    /// <summary>No logging: standard output is for the figures.</summary>
    public const string Default = "akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off, log-dead-letters-during-shutdown = off }";

    public const string Tuned = $$"""
        {{Default}}
        akka.actor.default-dispatcher {
          executor = channel-executor
          channel-executor.priority = high
          throughput = 100
        }
        """;
}
