namespace Goroutines.Sync;

/// <summary>The owner of a <see cref="Once"/> under which its value is computed.</summary>
internal interface IOnceOwner
{
    /// <summary>Called when the goroutine that computes the value has been abandoned, before the <see cref="Once"/> is done.</summary>
    void Broken(ObjectDisposedException reason);
}
