#:project ../src/Goroutines/Goroutines.csproj

// Do two trees of different shape hold the same values? Each is walked by a goroutine that sends from deep within an ordinary
// recursive method; the values are compared as they come, and the walk ends with the first difference (Go's tree walk, the
// "same fringe" problem). Nothing here is async: a synchronous body has a stack of its own, and parks where it stands.
// Prints the values of a tree, three comparisons, one of them of trees 20,000 calls deep, and that no walker is left.

using Goroutines;

AppContext.SetData("Goroutines.StackSize", 16 * 1024 * 1024); // taken as it is used: enough for the deepest walk below

Go.Main(() =>
{
    var random = new Random(1);
    int[] values = [.. Enumerable.Range(1, 15)];
    random.Shuffle(values);
    var tree = Tree.Of(values);
    random.Shuffle(values);
    var sameValues = Tree.Of(values);
    values[3]++;
    var oneDiffers = Tree.Of(values);

    var walkers = new WaitGroup();
    using (var stop = GoContext.Background.WithCancel())
    {
        var all = new List<int>();
        var walk = Walk(tree, walkers, stop);
        while (walk.Receive() is { Ok: true } next)
        {
            all.Add(next.Value);
        }

        Console.WriteLine(string.Join(' ', all));
    }

    Console.WriteLine($"same values, other shape: {Same(tree, sameValues, walkers)}");
    Console.WriteLine($"one value differs: {Same(tree, oneDiffers, walkers)}");

    // Two lists in the form of trees, one leaning to the left and one to the right.
    const int Depth = 20_000;
    Console.WriteLine($"{Depth} deep: {Same(Tree.Chain(Depth, left: true), Tree.Chain(Depth, left: false), walkers)}");

    walkers.Wait();
    Console.WriteLine("all walkers have returned");
});

static bool Same(Tree first, Tree second, WaitGroup walkers)
{
    using var stop = GoContext.Background.WithCancel(); // when this returns, walkers that are not at their end stop
    var firstWalk = Walk(first, walkers, stop);
    var secondWalk = Walk(second, walkers, stop);
    while (true)
    {
        var (a, more) = firstWalk.Receive();
        if (secondWalk.Receive() != new Received<int>(a, more))
        {
            return false;
        }

        if (!more)
        {
            return true;
        }
    }
}

static Receiver<int> Walk(Tree tree, WaitGroup walkers, GoContext stop)
{
    var values = new Chan<int>();
    walkers.Spawn(() =>
    {
        var select = new Select();
        var send = select.Send(values);
        select.Receive(stop.Done);
        if (Visit(tree))
        {
            values.Close();
        }

        bool Visit(Tree? node)
        {
            if (node is null)
            {
                return true;
            }

            if (!Visit(node.Left))
            {
                return false;
            }

            send.Value = node.Value;
            return select.Wait() == send.Index && Visit(node.Right);
        }
    });
    return values;
}

internal sealed class Tree(int value)
{
    public int Value { get; } = value;

    public Tree? Left { get; private set; }

    public Tree? Right { get; private set; }

    public static Tree Of(int[] values)
    {
        var root = new Tree(values[0]);
        foreach (var value in values.AsSpan(1))
        {
            root.Insert(value);
        }

        return root;
    }

    public static Tree Chain(int length, bool left)
    {
        var root = new Tree(left ? 1 : length);
        for (var i = 2; i <= length; i++)
        {
            root = left ? new Tree(i) { Left = root } : new Tree(length + 1 - i) { Right = root };
        }

        return root;
    }

    private void Insert(int value)
    {
        if (value < Value)
        {
            if (Left is null)
            {
                Left = new Tree(value);
            }
            else
            {
                Left.Insert(value);
            }
        }
        else if (Right is null)
        {
            Right = new Tree(value);
        }
        else
        {
            Right.Insert(value);
        }
    }
}
