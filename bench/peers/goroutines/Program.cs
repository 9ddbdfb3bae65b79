// Our side of the comparison: the same workloads as ../go, each in a file of the same name.
using Goroutines;
using Goroutines.Peers;
using Mutex = Goroutines.Peers.Mutex;

var workloads = new Dictionary<string, Workload>
{
    ["spawn"] = Workload.Repeated(1_000_000, Spawn.RunAsync),
    ["chansync"] = Workload.Repeated(1_000_000, ChanSync.RunAsync, unit: 2),
    ["prodcons0"] = Workload.Repeated(1_000_000, n => ProdCons.RunAsync(0, n)),
    ["prodcons10"] = Workload.Repeated(2_000_000, n => ProdCons.RunAsync(10, n)),
    ["prodcons100"] = Workload.Repeated(4_000_000, n => ProdCons.RunAsync(100, n)),
    ["fanin"] = Workload.Repeated(1_000_000, FanIn.RunAsync, unit: FanIn.Senders, small: 10_000),
    ["select2"] = Workload.Repeated(1_000_000, Select2.RunAsync, unit: 2),
    ["selectdefault"] = Workload.Repeated(20_000_000, SelectDefault.RunAsync),
    ["mutex"] = Workload.Repeated(1_000_000, Mutex.RunAsync, unit: Mutex.Users),
    ["gosched"] = Workload.Repeated(2_000_000, Gosched.RunAsync, unit: Gosched.Yielders),
    ["sieve"] = Workload.Repeated(1500, Sieve.RunAsync, small: 50),
    ["skynet"] = Workload.Repeated(1_000_000, Skynet.RunAsync, small: 1000),
    ["sleepers"] = new Workload(100_000, 1, Sleepers.RunAsync),
    ["parked"] = new Workload(1_000_000, 1, Parked.RunAsync),
    ["hog"] = new Workload(300, 1, Hog.RunAsync),
    ["garbage"] = new Workload(1_000_000, 1, Garbage.RunAsync),
    ["echo"] = EchoOf(Echo.Connections),
    ["echo8"] = EchoOf(8),
    ["echo512"] = EchoOf(512),
    ["echo4096"] = EchoOf(4096),
    ["stackful"] = Workload.Repeated(200_000, Stackful.RunAsync, unit: 2),
};

// As in Go, the program's main body is a goroutine.
return Go.Main(() => PeerProgram.RunAsync(args, workloads, $"MaxProcs={Go.MaxProcs}"));

static Workload EchoOf(int connections) =>
    Workload.Repeated(128_000, n => Echo.RunAsync(n, connections), unit: connections, small: 10 * connections);
