using Goroutines.Cluster.Nats;
using Xunit;

namespace Goroutines.Cluster.Tests;

/// <summary>The account of pulls and requests, in the orders in which a server and other threads can bring them about.</summary>
public sealed class NatsPullsTests
{
    private readonly List<NatsLane> _retired = [];
    private readonly NatsPulls _pulls;

    public NatsPullsTests()
    {
        _pulls = new NatsPulls("inbox", _retired.Add);
    }

    [Fact]
    public void Withdraw_PullWhoseLaneAnotherUses_LeavesTheOtherRequest()
    {
        NatsPull first = new();
        NatsPull second = new();
        NatsRequest old = _pulls.Add(first, 1, 0)!;
        _pulls.End(old.Lane, null); // the answer overtakes the return of the send
        NatsRequest current = _pulls.Add(second, 3, 1)!;
        Assert.Same(old.Lane, current.Lane);

        _pulls.Withdraw(first, old);

        Assert.True(current.IsOut);
        Assert.Equal(3, _pulls.Asked);
        Assert.Empty(_retired);
        Assert.False(second.Result.TryTake(out _));
    }

    [Fact]
    public void Withdraw_PullThatHasSentAndWhoseLaneAnotherUses_LeavesTheOtherRequest()
    {
        NatsPull first = new();
        NatsPull waits = new();
        NatsPull second = new();
        _pulls.Add(first, 2, 0);
        NatsRequest old = _pulls.Add(waits, 4, 0)!;
        old.IsSent = true;
        _pulls.Count(old.Lane);
        _pulls.Count(old.Lane);
        Assert.True(_pulls.Deliver(null!)); // to the first pull, through the second's lane
        NatsRequest current = _pulls.Add(second, 5, 1)!;
        Assert.Same(old.Lane, current.Lane);

        _pulls.Withdraw(waits, old);

        Assert.True(current.IsOut);
        Assert.Equal(5, _pulls.Asked);
        Assert.Empty(_retired);
    }

    [Fact]
    public void IsSent_OfAnEarlierRequest_DoesNotMarkTheCurrentOne()
    {
        NatsPull second = new();
        NatsRequest old = _pulls.Add(new NatsPull(), 1, 0)!;
        _pulls.End(old.Lane, null);
        NatsRequest current = _pulls.Add(second, 1, 1)!;

        old.IsSent = true; // its send returns only now
        _pulls.Withdraw(second, current);

        Assert.Same(current.Lane, Assert.Single(_retired));
        Assert.Equal(0, _pulls.Asked);
    }

    [Fact]
    public void Withdraw_PullWhoseRequestWasNotSent_WakesThePullsThatItCovered()
    {
        NatsPull first = new();
        NatsPull covered = new();
        NatsRequest request = _pulls.Add(first, 5, 0)!;
        Assert.Null(_pulls.Add(covered, 1, 0));

        _pulls.Withdraw(first, request);

        Assert.Same(request.Lane, Assert.Single(_retired));
        Assert.True(covered.Result.TryTake(out NatsPullResult woken));
        Assert.Equal(default, woken);
    }

    [Fact]
    public void Withdraw_PullWhoseRequestWasSent_LeavesItToThePullsThatItCovers()
    {
        NatsPull first = new();
        NatsPull covered = new();
        NatsRequest request = _pulls.Add(first, 5, 0)!;
        request.IsSent = true;
        _pulls.Add(covered, 1, 0);

        _pulls.Withdraw(first, request);

        Assert.True(request.IsOut);
        Assert.Equal(5, _pulls.Asked);
        Assert.False(covered.Result.TryTake(out _));
    }

    /// <summary>A request for each free place would be one for each message.</summary>
    [Fact]
    public void Add_RequestsBringMoreThanHalfOfWhatIsWanted_AsksForNoMore()
    {
        NatsRequest all = _pulls.Add(new NatsPull(), 8, 0)!;
        Assert.True(_pulls.Deliver(null!));
        for (int come = 1; come <= 3; come++)
        {
            _pulls.Count(all.Lane);
            Assert.Null(_pulls.Add(new NatsPull(), 8, come));
            Assert.True(_pulls.Deliver(null!));
        }

        _pulls.Count(all.Lane);

        Assert.Equal(4, _pulls.Add(new NatsPull(), 8, 4)!.Left);
        Assert.Equal(8, _pulls.Asked);
    }

    [Fact]
    public void Add_NothingIsOut_AsksForASinglePlace()
        => Assert.Equal(1, _pulls.Add(new NatsPull(), 1, 0)!.Left);

    [Fact]
    public void Close_RequestThatWasNotSent_IsOutNoLonger()
    {
        NatsPull pull = new();
        NatsRequest request = _pulls.Add(pull, 1, 0)!;

        Assert.Same(request.Lane, Assert.Single(_pulls.Close()));

        _pulls.Withdraw(pull, request);
        Assert.False(request.IsOut);
        Assert.Empty(_retired);
    }
}
