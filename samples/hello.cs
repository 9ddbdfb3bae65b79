#:project ../src/Goroutines/Goroutines.csproj

// Goroutines and a channel: three goroutines greet, the main one listens.
// Prints the three greetings in alphabetical order: they arrive in any order.

using Goroutines;

Go.Main(async () =>
{
    var greetings = new Chan<string>();
    string[] names = ["Ada", "Grace", "Rob"];
    foreach (var name in names)
    {
        Go.Spawn(async () => await greetings.SendAsync($"hello from {name}'s goroutine"));
    }

    var received = new List<string>();
    for (var i = 0; i < 3; i++)
    {
        var (text, _) = await greetings.ReceiveAsync();
        received.Add(text);
    }

    received.Sort(StringComparer.Ordinal);
    received.ForEach(Console.WriteLine);
});
