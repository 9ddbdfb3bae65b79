using Goroutines.ModelTests.Model;

namespace Goroutines.ModelTests.Scenarios;

/// <summary>A few threads of a few operations each on two places, whose loads are its results.</summary>
internal sealed class RandomProgram
{
    private const int Places = 2;

    private readonly (int Kind, int Place)[][] _threads;

    internal RandomProgram(Random random, int threads)
    {
        int length = threads == 2 ? 3 : 2;
        _threads = [.. Enumerable.Range(0, threads).Select(_ => Enumerable.Range(0, length).Select(_ => (random.Next(8), random.Next(Places))).ToArray())];
    }

    /// <summary>One for each operation, and what is left in memory.</summary>
    internal int Results => _threads.Sum(static thread => thread.Length) + Places;

    internal ModelProgram Make(int[] memory, int[] results)
    {
        ModelProgram program = new();
        int result = 0;
        for (int t = 0; t < _threads.Length; t++)
        {
            (int Kind, int Place)[] operations = _threads[t];
            int first = result;
            int number = t + 1;
            result += operations.Length;
            program.Thread($"{t}", () =>
            {
                for (int i = 0; i < operations.Length; i++)
                {
                    results[first + i] = Perform(operations[i].Kind, memory, operations[i].Place, number);
                }
            });
        }

        program.Check = () =>
        {
            for (int i = 0; i < Places; i++)
            {
                results[^(i + 1)] = memory[i];
            }
        };
        return program;
    }

    public override string ToString() => string.Join('\n', _threads.Select(static (thread, i) => $"{i}: {string.Join("; ", thread.Select(static o => $"{o.Kind}@{o.Place}"))}"));

    private static int Perform(int kind, int[] memory, int place, int value)
    {
        switch (kind)
        {
            case 0:
                Memory.Store(ref memory[place], value, Sites.Count);
                return 0;
            case 1:
                Memory.StoreVolatile(ref memory[place], value, Sites.Count);
                return 0;
            case 2 or 3:
                return Shared.Read(ref memory[place]);
            case 6:
                return Memory.Load(ref memory[place], Sites.Count);
            case 7:
                Memory.FenceAll(Sites.Count);
                return 0;
            case 4:
                return Shared.Exchange(ref memory[place], value);
            default:
                Memory.Lock(ref memory[Places], Sites.Count);
                int seen = Shared.Read(ref memory[place]);
                Memory.StoreVolatile(ref memory[Places], 0, Sites.Count);
                return seen;
        }
    }
}
