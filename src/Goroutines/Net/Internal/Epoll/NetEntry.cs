namespace Goroutines.Net.Epoll;

/// <summary>The answer of <see cref="NetQueue.TryEnter"/>.</summary>
internal enum NetEntry : byte
{
    /// <summary>The caller has the turn.</summary>
    Enter,

    /// <summary>Others come first, or nothing is ready: the operation has to wait.</summary>
    Wait,

    /// <summary>The direction is closed, or past its deadline.</summary>
    Fail,
}
