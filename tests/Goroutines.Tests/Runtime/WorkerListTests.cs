using Goroutines.Runtime;
using Xunit;

namespace Goroutines.Tests.Runtime;

/// <summary>The list of all workers: slots are kept, and used again.</summary>
public sealed class WorkerListTests : IAsyncDisposable
{
    private readonly GoRuntime _runtime = new();
    private readonly WorkerList _list = new();
    private SpinMutex _lock;
    private int _ids;

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();

    [Fact]
    public void Add_ManyWorkers_AllAreMet_InOrder()
    {
        List<M> added = [.. Enumerable.Range(0, 1000).Select(_ => Add())];
        Assert.Equal(1000, _list.Count);
        Assert.Equal(added, All());
    }

    [Fact]
    public void Remove_LeavesTheOthersWhereTheyAre()
    {
        List<M> added = [.. Enumerable.Range(0, 20).Select(_ => Add())];
        WorkerList.Enumerator running = _list.GetEnumerator();
        Assert.True(running.MoveNext());
        for (int i = 0; i < 20; i += 2)
        {
            Remove(added[i]);
        }

        // One that began before meets all that stay, each once.
        List<M> met = [];
        while (running.MoveNext())
        {
            met.Add(running.Current);
        }

        Assert.Equal(added.Where(static (_, i) => i % 2 != 0), met);
        Assert.Equal(10, _list.Count);
    }

    [Fact]
    public void Add_AfterRemoves_UsesTheirSlots()
    {
        List<M> added = [.. Enumerable.Range(0, 100).Select(_ => Add())];
        added.ForEach(Remove);
        Assert.Equal(0, _list.Count);
        Assert.Empty(All());
        for (int round = 0; round < 100; round++)
        {
            M m = Add();
            Assert.InRange(m.ListSlot, 0, 99);
            Assert.Same(m, Assert.Single(All()));
            Remove(m);
            Assert.Equal(WorkerList.None, m.ListSlot);
        }
    }

    [Fact]
    public void Add_TenThousandWorkers_CopiesLittle()
    {
        const int Count = 10_000;
        M[] workers = [.. Enumerable.Range(0, Count).Select(_ => Make())];
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (M m in workers)
        {
            _list.Add(m, ref _lock);
        }

        // A list that is copied for each worker would take 400 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100 * Count);
    }

    private M Make() => new(_runtime.Scheduler, ++_ids);

    private M Add()
    {
        M m = Make();
        _list.Add(m, ref _lock);
        return m;
    }

    private void Remove(M m)
    {
        _lock.Enter();
        _list.RemoveLocked(m);
        _lock.Exit();
    }

    private List<M> All()
    {
        List<M> all = [];
        foreach (M m in _list)
        {
            all.Add(m);
        }

        return all;
    }
}
