#:project ../src/Goroutines/Goroutines.csproj

// A library that calls back and has never heard of async: Regex.Replace wants each placeholder's text from a delegate, at
// once. In a goroutine with a synchronous body the delegate sends its question on a channel and waits for the answer: the
// goroutine parks in the middle of the library, and its processor (the only one here) goes to the goroutine that answers. And Array.Sort
// becomes a stream of comparisons that others read.
// Prints three letters with all placeholders filled in, the number of questions, and a sorted list with what was compared.

using System.Text.RegularExpressions;
using Goroutines;

Go.MaxProcs = 1;

Go.Main(async () =>
{
    var questions = new Chan<Question>();
    var answered = Go.Run(() => AnswerAsync(questions));

    // The letters are written side by side; each waits for its own answers.
    string[] templates = ["Dear {name}, your {item} is ready.", "{name}: the {item} costs {price}.", "{item} for {name}, {price} paid."];
    var letters = templates.Select((template, i) => Go.Run(() =>
        Regex.Replace(template, @"\{(\w+)\}", match => Ask(questions, i, match.Groups[1].Value)))).ToArray();
    foreach (var letter in letters)
    {
        Console.WriteLine(await letter);
    }

    questions.Close();
    Console.WriteLine($"{await answered} questions answered");

    var comparisons = new Chan<(int Left, int Right)>();
    var sorted = Go.Run(() =>
    {
        int[] numbers = [5, 2, 8, 1, 9, 3];
        Array.Sort(numbers, (left, right) =>
        {
            comparisons.Send((left, right)); // a callback deep inside the sort, and it parks
            return left.CompareTo(right);
        });
        comparisons.Close();
        return numbers;
    });

    var seen = new HashSet<int>();
    await foreach (var (left, right) in comparisons)
    {
        seen.Add(left);
        seen.Add(right);
    }

    Console.WriteLine($"sorted: {string.Join(' ', await sorted)}; compared: {string.Join(' ', seen.Order())}");
});

// Synchronous, as the library asks for it.
static string Ask(Sender<Question> questions, int customer, string what)
{
    var answer = new Chan<string>();
    questions.Send(new Question(customer, what, answer));
    return answer.Receive().Value;
}

// Async, as the service it stands for would be.
static async ValueTask<int> AnswerAsync(Receiver<Question> questions)
{
    string[] names = ["Ada", "Grace", "Linus"];
    string[] items = ["engine", "compiler", "kernel"];
    var count = 0;
    await foreach (var (customer, what, answer) in questions)
    {
        await Go.SleepAsync(TimeSpan.FromMilliseconds(2));
        await answer.SendAsync(what switch
        {
            "name" => names[customer],
            "item" => items[customer],
            _ => $"{(customer + 1) * 10} crowns",
        });
        count++;
    }

    return count;
}

internal sealed record Question(int Customer, string What, Sender<string> Answer);
