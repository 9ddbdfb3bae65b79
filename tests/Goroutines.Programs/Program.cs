using Goroutines;
using Goroutines.Programs;

// Runs the program of the name given. Prints "ok" at its end and exits with 0; after a deadlock prints the report and exits with 2.
if (args is not [string name] || Healthy.All.Concat(Deadlocked.All).Concat(Memory.All).FirstOrDefault(program => program.Name == name).Run is not { } run)
{
    Console.Error.WriteLine($"usage: Goroutines.Programs NAME, one of: {string.Join(' ', Healthy.All.Concat(Deadlocked.All).Concat(Memory.All).Select(static program => program.Name))}");
    return 64;
}

try
{
    run();
    Console.WriteLine("ok");
    return 0;
}
catch (DeadlockException deadlock)
{
    Console.WriteLine(deadlock.Message);
    return 2;
}
