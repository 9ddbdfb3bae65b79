namespace Goroutines.ModelTests.Model;

/// <summary>Who can go on, and what happens when nobody can.</summary>
internal sealed partial class Execution
{
    private ActorSet Enabled()
    {
        ActorSet enabled = ActorSet.None;
        for (int i = 0; i < ThreadCount; i++)
        {
            ModelThread thread = _pool[i];
            if (CanGoOn(thread))
            {
                enabled |= ActorSet.Of(thread.Actor);
            }

            if (!Options.ReorderStores && thread.Buffer.Count != 0)
            {
                enabled |= ActorSet.Of(thread.Actor + 1);
            }
        }

        for (int i = 0; i < _places.Count; i++)
        {
            int at = StoreOf(FirstPlaceActor + i, _places[i].Thread);
            if (at >= 0 && (at == 0 || !_places[i].Thread.Buffer[at].Release))
            {
                enabled |= ActorSet.Of(FirstPlaceActor + i);
            }
        }

        return enabled;
    }

    private unsafe bool CanGoOn(ModelThread thread) => thread.Pending.Kind switch
    {
        OpKind.Finished => false,
        OpKind.ReadWrite or OpKind.Fence or OpKind.Sleep => thread.Buffer.Count == 0,
        OpKind.Lock => thread.Buffer.Count == 0 && *(int*)thread.Pending.Location!.Address == 0,
        OpKind.FenceAll => _pool.TrueForAll(static other => other.Buffer.Count == 0),
        OpKind.Resume => thread.Woken || thread.TimedOut,
        OpKind.Yield => Stores != thread.SpinsSince || thread.Order.IsBehind,
        _ => true,
    };

    /// <summary>All threads sleep: the time goes on to when the first one is to wake.</summary>
    private bool PassTime()
    {
        ModelThread? first = null;
        for (int i = 0; i < ThreadCount; i++)
        {
            ModelThread thread = _pool[i];
            if (thread.Pending.Kind == OpKind.Resume && thread.Deadline < (first?.Deadline ?? long.MaxValue))
            {
                first = thread;
            }
        }

        if (first is null || first.Deadline > Options.EndOfTime)
        {
            return false;
        }

        Now = Math.Max(Now, first.Deadline);
        first.TimedOut = true;
        for (int i = 0; i < ThreadCount; i++)
        {
            Clocks.Join(first.WakeClock, _pool[i].Clock);
            Clocks.Join(first.WakeClock, _bufferClocks[i]);
        }

        Trace?.Add($"-- everybody sleeps: the clock goes on to {Now}");
        return true;
    }

    private void ReportSleepers()
    {
        for (int i = 0; i < ThreadCount; i++)
        {
            ModelThread thread = _pool[i];
            if (thread.Pending.Kind != OpKind.Finished && !thread.MayStay)
            {
                Fail($"{thread.Name} waits for ever, in {Sites.NameOf(thread.Pending.Site)}.\n{Where()}");
            }
        }
    }

    private string Where() => string.Join("\n", _pool.Take(ThreadCount).Select(static thread => $"  {thread.Name}: {thread.Pending.Kind} {Sites.NameOf(thread.Pending.Site)}"));
}
