namespace MiniRedis.Tests;

public sealed class ItemListTests
{
    [Fact]
    public void Operations_InAnyOrder_AreThoseOfAList()
    {
        int seed = Environment.GetEnvironmentVariable("MINIREDIS_SEED") is { } text ? int.Parse(text) : Random.Shared.Next();
        var random = new Random(seed);
        var ours = new ItemList();
        List<byte[]> model = [];
        for (int step = 0; step < 20_000; step++)
        {
            bool first = random.Next(2) == 0;
            if (model.Count == 0 || random.Next(100) < 53)
            {
                byte[] item = [(byte)step];
                model.Insert(first ? 0 : model.Count, item);
                if (first)
                {
                    ours.AddFirst(item);
                }
                else
                {
                    ours.AddLast(item);
                }
            }
            else
            {
                int at = first ? 0 : model.Count - 1;
                Assert.True(model[at] == ours.Remove(first), $"seed {seed}, step {step}");
                model.RemoveAt(at);
            }

            Assert.True(model.Count == ours.Count, $"seed {seed}, step {step}");
            int any = model.Count == 0 ? 0 : random.Next(model.Count);
            Assert.True(model.Count == 0 || model[any] == ours[any], $"seed {seed}, step {step}");
        }
    }
}
