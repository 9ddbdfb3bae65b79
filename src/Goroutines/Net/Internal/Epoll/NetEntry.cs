namespace Goroutines.Net.Epoll;

/// <summary>What <see cref="NetQueue.TryEnter"/> says.</summary>
internal enum NetEntry : byte
{
    /// <summary>The turn is the caller's.</summary>
    Enter,

    /// <summary>Others are before, or nothing is ready: an operation has to wait.</summary>
    Wait,

    /// <summary>The direction is closed, or past its deadline.</summary>
    Fail,
}
