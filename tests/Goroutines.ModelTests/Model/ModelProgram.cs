namespace Goroutines.ModelTests.Model;

/// <summary>What is explored: a few threads over objects made anew for each execution, and what must hold at the end.</summary>
internal sealed class ModelProgram
{
    private readonly List<(string Name, Action Body, bool MayStay)> _threads = [];

    internal IReadOnlyList<(string Name, Action Body, bool MayStay)> Threads => _threads;

    /// <summary>Called when all threads are over, or sleep and may.</summary>
    internal Action Check { get; set; } = static () => { };

    /// <summary>A thread that has to come to its end.</summary>
    internal ModelProgram Thread(string name, Action body)
    {
        _threads.Add((name, body, false));
        return this;
    }

    /// <summary>A thread that may be asleep when all others are over.</summary>
    internal ModelProgram Daemon(string name, Action body)
    {
        _threads.Add((name, body, true));
        return this;
    }
}
