// The .NET sides of bench/libraries: `libraries-peer LIBRARY ROW [--n N] [--smoke]` runs one row of one library in a process of its own.
//
// One program for all of them, so that the runtime's settings, the warm-up and the measuring are the same; the packages of the
// other libraries are never loaded. A row stands in a file of the same name in each library's folder.
using Goroutines;
using Goroutines.Peers;
using Goroutines.Peers.AkkaNet;
using Goroutines.Peers.AsyncEx;
using Goroutines.Peers.Channels;
using Goroutines.Peers.Dataflow;
using Goroutines.Peers.DotNextThreading;
using Goroutines.Peers.Ours;
using Goroutines.Peers.ProtoActor;

var processors = $"processors={Environment.ProcessorCount}";
var libraries = new Dictionary<string, Func<string[], ValueTask<int>>>
{
    ["ours"] = row => RunAsync(row, OurRows.All, $"MaxProcs={Go.MaxProcs}"),
    ["channels"] = row => RunAsync(row, ChannelRows.All, processors),
    ["channels-inline"] = row => RunAsync(row, ChannelRows.Inline, $"{processors} AllowSynchronousContinuations"),
    ["dataflow"] = row => RunAsync(row, DataflowRows.All, processors),
    ["akka"] = row => RunAsync(row, AkkaRows.All(AkkaConfiguration.Default), $"Akka {AkkaRows.Version} {processors}"),
    ["akka-tuned"] = row => RunAsync(row, AkkaRows.All(AkkaConfiguration.Tuned), $"Akka {AkkaRows.Version} channel-executor {processors}"),
    ["proto"] = row => RunAsync(row, ProtoRows.All, $"Proto.Actor {ProtoRows.Version} {processors}"),
    ["asyncex"] = row => RunAsync(row, AsyncExRows.All, $"Nito.AsyncEx {AsyncExRows.Version} {processors}"),
    ["dotnext"] = row => RunAsync(row, DotNextRows.All, $"DotNext.Threading {DotNextRows.Version} {processors}"),
};
if (args.Length == 0 || !libraries.TryGetValue(args[0], out var library))
{
    Console.Error.WriteLine($"usage: libraries-peer LIBRARY ROW [--n N] [--smoke]\nlibraries: {string.Join(' ', libraries.Keys)}");
    return 2;
}

// The measuring body runs where the library's users are: ours in a goroutine, the others on the thread pool.
var rest = args[1..];
return args[0] == "ours" ? Go.Main(() => library(rest)) : await Task.Run(async () => await library(rest));

static ValueTask<int> RunAsync(string[] row, IReadOnlyDictionary<string, Workload> rows, string settings) =>
    PeerProgram.RunAsync(row, rows, settings, Suite.Mode);
