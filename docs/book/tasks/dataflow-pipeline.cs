#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

int sum = await Go.ScopeAsync(async scope =>         // a stage that fails cancels the others, and the failure comes out here
{
    var texts = new Chan<string>(capacity: 4);
    scope.Spawn(async () =>
    {
        foreach (string text in "1 2 3 4 5".Split(' '))
        {
            await texts.SendAsync(text, scope.CancellationToken);
        }

        texts.Close();
    });

    Receiver<int> numbers = Stage(scope, texts.Receiver, int.Parse);
    Receiver<int> squares = Stage(scope, numbers, number => number * number);
    int total = 0;
    await foreach (int number in squares.WithCancellation(scope.CancellationToken))
    {
        total += number;
    }

    return total;
});
Console.WriteLine(sum);

static Receiver<TOut> Stage<TIn, TOut>(GoScope scope, Receiver<TIn> input, Func<TIn, TOut> transform)
{
    var output = new Chan<TOut>(capacity: 4);
    var workers = new WaitGroup();
    for (int i = 0; i < 2; i++)                      // two at once; one would keep the order
    {
        workers.Add(1);
        scope.Spawn(async () =>
        {
            try
            {
                await foreach (TIn item in input.WithCancellation(scope.CancellationToken))
                {
                    await output.SendAsync(transform(item), scope.CancellationToken);
                }
            }
            finally
            {
                workers.Done();
            }
        });
    }

    scope.Spawn(async () =>
    {
        await workers.WaitAsync();
        output.Close();
    });
    return output;
}
