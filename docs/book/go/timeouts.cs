#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    await new Select().Receive(Ask(TimeSpan.FromHours(1)), out var slow).AndTimeout(TimeSpan.FromMilliseconds(10)).WaitAsync();
    Console.WriteLine(slow.Selected ? slow.Value : "too late");

    await new Select().Receive(Ask(TimeSpan.FromMilliseconds(1)), out var quick).AndTimeout(TimeSpan.FromMinutes(1)).WaitAsync();
    Console.WriteLine(quick.Selected ? quick.Value : "too late");
});

static Receiver<string> Ask(TimeSpan takes)
{
    var answer = new Chan<string>(capacity: 1);      // with room, so that a late answer leaves no goroutine behind
    Go.Spawn(async () =>
    {
        await Go.SleepAsync(takes);
        await answer.SendAsync("an answer");
    });
    return answer;
}
