namespace Goroutines.Sync;

/// <summary>What is computed under a <see cref="Once"/>.</summary>
internal interface IOnceOwner
{
    /// <summary>The goroutine that computes it has been abandoned. Before the <see cref="Once"/> is done.</summary>
    void Broken(ObjectDisposedException reason);
}
