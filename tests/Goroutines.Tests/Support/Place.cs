namespace Goroutines.Tests.Support;

/// <summary>
/// Where the body of a test runs. Channels and selects promise the same to goroutines and to everyone else, so their
/// tests are written once, in an abstract class, with a subclass for each place.
/// </summary>
public sealed class Place
{
    private readonly Func<Func<Task>, Task> _run;
    private readonly Func<Func<Task>, Task> _start;

    private Place(string name, Func<Func<Task>, Task> run, Func<Func<Task>, Task> start)
    {
        Name = name;
        _run = run;
        _start = start;
    }

    /// <summary>A plain task of the thread pool.</summary>
    public static Place Pool { get; } = new("pool", static body => Task.Run(body).WaitAsync(Limits.Body), Task.Run);

    /// <summary>A goroutine of a runtime with one P.</summary>
    public static Place Goroutine { get; } = new("goroutine", static body => Isolated.GoAsync(1, body), static body => Go.Run(body).JoinAsync().AsTask());

    public string Name { get; }

    /// <summary>Runs a test's body there.</summary>
    public Task Run(Func<Task> body) => _run(body);

    /// <summary>Inside the body: starts something to go on beside it, of the same kind.</summary>
    public Task Start(Func<Task> body) => _start(body);

    public override string ToString() => Name;
}
