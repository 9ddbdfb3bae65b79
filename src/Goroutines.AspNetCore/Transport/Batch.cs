namespace Goroutines.AspNetCore.Transport;

/// <summary>Counts how many flushes of a writer go out together, and says whether to defer the next one. By the writer only.</summary>
/// <remarks>
/// A batch begins with a deferred flush, and ends when the writer finds it sent, or sends it itself. A batch of one flush was deferred for nothing:
/// after the first such batch in a row, 1 flush is to be sent at once, after the second 3, then 7, and so on up to <see cref="MostAtOnce"/>. A
/// batch of two or more flushes ends the row.
/// </remarks>
internal struct Batch
{
    /// <summary>The maximum number of flushes sent at once before the next one is deferred.</summary>
    internal const int MostAtOnce = 63;

    /// <summary>The number of flushes in the batch.</summary>
    private int _count;

    /// <summary>The number of flushes to send at once after the last batch, and how many of them are left.</summary>
    private int _atOnce;
    private int _left;

    /// <summary>Whether deferred bytes may be owed, so that the writer has to take its right back.</summary>
    internal bool IsOpen { get; private set; }

    /// <summary>Whether it pays to defer the next flush.</summary>
    internal readonly bool Pays => _left == 0;

    /// <summary>Adds a flush to the batch, or begins one with it.</summary>
    internal void Defer()
    {
        _count++;
        IsOpen = true;
    }

    /// <summary>Notes that the writer has its right back.</summary>
    /// <param name="joined">Whether the batch has not been sent, so that the next flush goes out with it.</param>
    internal void Close(bool joined)
    {
        IsOpen = false;
        if (!joined)
        {
            End();
        }
    }

    /// <summary>Notes that the writer sends at once what it has.</summary>
    internal void Send()
    {
        if (_count != 0)
        {
            _count++;
            End();
        }
        else if (_left != 0)
        {
            _left--;
        }
    }

    private void End()
    {
        _atOnce = _count == 1 ? Math.Min((2 * _atOnce) + 1, MostAtOnce) : 0;
        _left = _atOnce;
        _count = 0;
    }
}
