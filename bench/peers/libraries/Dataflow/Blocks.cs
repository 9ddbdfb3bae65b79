using System.Threading.Tasks.Dataflow;

namespace Goroutines.Peers.Dataflow;

/// <summary>The options of the rows' blocks.</summary>
internal static class Blocks
{
    /// <summary>For blocks to which one party posts at a time: the documented option that saves their lock.</summary>
    public static readonly ExecutionDataflowBlockOptions OneProducer = new() { SingleProducerConstrained = true };
}
