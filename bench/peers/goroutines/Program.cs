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
    ["echofw"] = FramedOf(EchoFramework.RunAsync),
    ["echo4k"] = EchoOf(Echo.Connections, Echo.LargeBytes),
    ["tls"] = FramedOf(EchoFramework.RunTlsAsync, 64_000),
    ["lines"] = FramedOf(Lines.RunAsync),
    ["copy"] = new Workload(512, Relay.Relays, Relay.RunAsync),
    ["selectnew"] = Workload.Repeated(1_000_000, SelectNew.RunAsync, unit: 2),
    ["mutex1"] = Workload.Repeated(20_000_000, Alone.MutexAsync),
    ["rlock1"] = Workload.Repeated(20_000_000, Alone.ReadLockAsync),
    ["wg"] = Workload.Repeated(20_000_000, Alone.WaitGroupAsync),
    ["cond"] = Workload.Repeated(100_000, Cond.RunAsync),
    ["errgroup"] = Workload.Repeated(500_000, ErrGroups.RunAsync, unit: ErrGroups.Tasks),
    ["ctx"] = Workload.Repeated(111_000, Contexts.RunAsync, unit: Contexts.Tree),
    ["timerreset"] = Workload.Repeated(1_000_000, TimerReset.RunAsync),
    ["ring"] = Workload.Repeated(1_000_000, Ring.RunAsync),
    ["chameneos"] = Workload.Repeated(500_000, Chameneos.RunAsync),
    ["syncjob"] = Workload.Repeated(100_000, SyncJob.RunAsync),
    ["outside1"] = Workload.Repeated(1_000_000, n => Outside.RunAsync(1, n)),
    ["outside"] = Workload.Repeated(1_000_000, n => Outside.RunAsync(8, n), unit: 8),
    ["lowload"] = new Workload(1000, 1, LowLoad.RunAsync),
    ["stackful"] = Workload.Repeated(200_000, Stackful.RunAsync, unit: 2),
};

// As in Go, the program's main body is a goroutine.
return Go.Main(() => PeerProgram.RunAsync(args, workloads, $"MaxProcs={Go.MaxProcs}"));

static Workload EchoOf(int connections, int bytes = Echo.Bytes) =>
    Workload.Repeated(128_000, n => Echo.RunAsync(n, connections, bytes), unit: connections, small: 10 * connections);

static Workload FramedOf(Func<int, ValueTask> body, int n = 128_000) =>
    Workload.Repeated(n, body, unit: Echo.Connections, small: 10 * Echo.Connections);
