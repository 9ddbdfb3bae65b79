#:project ../../../src/Goroutines/Goroutines.csproj

using Goroutines;

Go.Main(async () =>
{
    Tree? one = null, two = null, three = null;
    for (int i = 0; i < 10; i++)
    {
        one = Tree.Insert(one, i * 7 % 10);
        two = Tree.Insert(two, i * 3 % 10);
        three = Tree.Insert(three, i * 3 % 10 * 2);
    }

    Console.WriteLine(await Same(one, two) ? "true" : "false");
    Console.WriteLine(await Same(one, three) ? "true" : "false");
});

static async ValueTask<bool> Same(Tree? a, Tree? b)
{
    using CancelContext context = GoContext.Background.WithCancel();     // stops the walkers at the first difference
    Receiver<int> left = Values(a, context), right = Values(b, context);
    while (true)
    {
        Received<int> x = await left.ReceiveAsync(), y = await right.ReceiveAsync();
        if (x != y)
        {
            return false;
        }

        if (!x.Ok)
        {
            return true;
        }
    }
}

static Receiver<int> Values(Tree? tree, GoContext context)
{
    var output = new Chan<int>();
    Go.Spawn(async () =>
    {
        await Tree.WalkAsync(tree, output, context);
        output.Close();
    });
    return output;
}

internal sealed class Tree(int value)
{
    private Tree? _left, _right;

    public static Tree Insert(Tree? tree, int value)
    {
        if (tree is null)
        {
            return new Tree(value);
        }

        if (value < tree.Value)
        {
            tree._left = Insert(tree._left, value);
        }
        else
        {
            tree._right = Insert(tree._right, value);
        }

        return tree;
    }

    public static async ValueTask WalkAsync(Tree? tree, Sender<int> output, GoContext context)
    {
        if (tree is not null)
        {
            await WalkAsync(tree._left, output, context);
            await output.SendAsync(tree.Value, context);
            await WalkAsync(tree._right, output, context);
        }
    }

    private int Value { get; } = value;
}
