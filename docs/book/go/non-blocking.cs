#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(() =>
{
    var messages = new Chan<string>();
    var signals = new Chan<bool>();

    Console.WriteLine(messages.TryReceive(out var received) ? $"received {received.Value}" : "no message");
    Console.WriteLine(messages.TrySend("hi") ? "sent" : "nobody receives");

    var select = new Select();
    var message = select.Receive(messages);
    var signal = select.Receive(signals);
    if (!select.TryWait(out _))
    {
        Console.WriteLine("nothing at all");
    }
    else if (message.Selected)
    {
        Console.WriteLine($"received {message.Value}");
    }
    else if (signal.Selected)
    {
        Console.WriteLine($"signal {signal.Value}");
    }
});
