using Goroutines.Context;

namespace Goroutines;

/// <summary>The registration of a body that a <see cref="GoContext"/> starts when it ends. <c>GoContext.AfterFunc</c> returns it.</summary>
/// <remarks>Thread-safe. Copies stand for the same registration. The default value stands for none: its <see cref="Stop"/>
/// returns false.</remarks>
public readonly struct ContextRegistration : IDisposable, IEquatable<ContextRegistration>
{
    private readonly AfterFuncNode? _node;

    internal ContextRegistration(AfterFuncNode node) => _node = node;

    /// <summary>Compares two registrations.</summary>
    /// <param name="left">The first registration.</param>
    /// <param name="right">The second registration.</param>
    /// <returns>true if both stand for the same registration; otherwise, false.</returns>
    public static bool operator ==(ContextRegistration left, ContextRegistration right) => left.Equals(right);

    /// <summary>Compares two registrations.</summary>
    /// <param name="left">The first registration.</param>
    /// <param name="right">The second registration.</param>
    /// <returns>true if they stand for different registrations; otherwise, false.</returns>
    public static bool operator !=(ContextRegistration left, ContextRegistration right) => !left.Equals(right);

    /// <summary>Cancels the registration. The context no longer references the body.</summary>
    /// <returns>true if the body will not run; false if it has been started (Stop does not wait for it), or the registration has already
    /// been cancelled.</returns>
    public bool Stop() => _node is not null && _node.Stop();

    /// <summary>Cancels the registration, as <see cref="Stop"/>.</summary>
    public void Dispose() => Stop();

    /// <inheritdoc/>
    public bool Equals(ContextRegistration other) => ReferenceEquals(_node, other._node);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ContextRegistration other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _node?.GetHashCode() ?? 0;
}
