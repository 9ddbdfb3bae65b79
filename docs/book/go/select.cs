#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    var numbers = new Chan<int>();
    var words = new Chan<string>();
    Go.Spawn(async () => await numbers.SendAsync(7));
    Go.Spawn(async () => await words.SendAsync("seven"));

    int number = 0;
    string word = "";
    var select = new Select();                       // built once, waited on as often as you like
    var one = select.Receive(numbers);
    var other = select.Receive(words);
    for (int i = 0; i < 2; i++)
    {
        await select.WaitAsync();
        if (one.Selected)
        {
            number = one.Value;
        }
        else if (other.Selected)
        {
            word = other.Value;
        }
    }

    Console.WriteLine($"{number} {word}");
});
