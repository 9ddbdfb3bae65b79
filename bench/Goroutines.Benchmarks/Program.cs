// Times and allocations of single operations, beside what the framework has for the same.
//
//   dotnet run -c Release --project bench/Goroutines.Benchmarks -- --filter '*'
using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
