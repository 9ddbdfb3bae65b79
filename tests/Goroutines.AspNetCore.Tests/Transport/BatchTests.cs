using Goroutines.AspNetCore.Transport;

namespace Goroutines.AspNetCore.Tests;

/// <summary>When the flushes of a writer are deferred.</summary>
public sealed class BatchTests
{
    private Batch _batch;

    [Fact]
    public void FlushesThatNoneJoins_AreSentAtOnceMoreAndMoreOften()
    {
        List<int> atOnce = [];
        for (int i = 0; i < 8; i++)
        {
            DeferAlone();
            atOnce.Add(SendWhileItDoesNotPay());
        }

        Assert.Equal([1, 3, 7, 15, 31, 63, 63, Batch.MostAtOnce], atOnce);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FlushesThatOthersJoin_AreDeferredAgainAndAgain(bool lastIsSentAtOnce)
    {
        DeferAlone();
        DeferAlone();
        SendWhileItDoesNotPay();
        for (int i = 0; i < 3; i++)
        {
            _batch.Defer();
            _batch.Close(joined: true);
            if (lastIsSentAtOnce)
            {
                _batch.Send();
            }
            else
            {
                _batch.Defer();
                _batch.Close(joined: false);
            }

            Assert.True(_batch.Pays);
        }

        DeferAlone();
        Assert.Equal(1, SendWhileItDoesNotPay()); // the row has ended
    }

    [Fact]
    public void IsOpen_FromAFlushUntilTheWriterHasItsRightBack()
    {
        Assert.False(_batch.IsOpen);
        _batch.Defer();
        Assert.True(_batch.IsOpen);
        _batch.Close(joined: true);
        Assert.False(_batch.IsOpen);
    }

    private void DeferAlone()
    {
        _batch.Defer();
        _batch.Close(joined: false);
    }

    private int SendWhileItDoesNotPay()
    {
        int sent = 0;
        while (!_batch.Pays)
        {
            _batch.Send();
            sent++;
        }

        return sent;
    }
}
