using Proto;

namespace Goroutines.Peers.ProtoActor;

internal static class Actors
{
    public static PID Spawn(this IRootContext root, Producer actor) => root.Spawn(Props.FromProducer(actor));
}
