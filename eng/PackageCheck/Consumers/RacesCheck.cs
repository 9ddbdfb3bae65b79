namespace PackageCheck.Consumers;

/// <summary>The race detector as a stranger meets it: a program with a race fails with the switch, and is as the compiler made it without.</summary>
internal static class RacesCheck
{
    internal static void Run(string packages, string version, Faults faults)
    {
        using Workplace workplace = new("goroutines races ", packages);
        string project = workplace.Make("Racy", $"""<PackageReference Include="Goroutines.Race" Version="{version}" />""", """
            using Goroutines;

            Go.Main(async () =>
            {
                Account account = new();
                WaitGroup done = new();
                for (int i = 0; i < 2; i++)
                {
                    done.Spawn(() => account.Deposit(1));
                }

                await done.WaitAsync();
                Console.WriteLine("done");
            });

            internal sealed class Account
            {
                private int _balance;

                internal void Deposit(int amount) => _balance += amount;
            }
            """, "<OutputType>Exe</OutputType>");
        (int code, string output) = workplace.Run("run", "-c", "Release", "--project", project, "-p:GoroutinesRace=true");
        string[] parts = ["done", "WARNING: DATA RACE", "of Account._balance (int) by goroutine", "Program.cs:20", "Found 1 data race(s)"];
        if (code != 66 || parts.Any(part => !output.Contains(part, StringComparison.Ordinal)))
        {
            faults.Add($"a program with a data race ended with {code} and printed:\n{output}");
        }

        (code, output) = workplace.Run("run", "-c", "Release", "--project", project);
        if (code != 0 || output.TrimEnd() != "done")
        {
            faults.Add($"without the switch, a program with a data race ended with {code} and printed:\n{output}");
        }
    }
}
