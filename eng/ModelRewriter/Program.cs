using ModelRewriter;

// ModelRewriter LIBRARY RUNTIME OUTPUT: writes to OUTPUT a copy of LIBRARY (Goroutines.dll) whose accesses to shared memory
// are calls of the class Memory in RUNTIME (Goroutines.ModelTests.dll), and beside it OUTPUT.sites, a list of them.
if (args.Length != 3)
{
    Console.Error.WriteLine("usage: ModelRewriter LIBRARY RUNTIME OUTPUT");
    return 2;
}

try
{
    using AssemblyRewriter rewriter = new(args[0], args[1]);
    rewriter.Run();
    rewriter.Write(args[2]);
    Console.WriteLine($"{args[2]}: {rewriter.SiteCount} accesses to shared memory are seen by the explorer, {rewriter.ModelValueCount} limits are smaller");
    return 0;
}
catch (InvalidOperationException refused)
{
    Console.Error.WriteLine($"ModelRewriter : error : {refused.Message}"); // in the form that the build takes for an error
    return 1;
}
