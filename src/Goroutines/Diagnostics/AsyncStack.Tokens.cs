using System.Reflection;

namespace Goroutines.Diagnostics;

/// <summary>The walk from a token source to the goroutines that continue when it is cancelled.</summary>
internal static partial class AsyncStack
{
    private const int MostCallbacks = 10_000;

    /// <summary>Follows the tasks that are cancelled with <paramref name="source"/>, and the sources that are linked to it.</summary>
    private static void FollowCallbacks(CancellationTokenSource source, SoughtGoroutines sought, int depth)
    {
        if (!TokenFields.AreKnown || depth >= DeepestWalk || TokenFields.Registrations!.GetValue(source) is not { } registrations)
        {
            return;
        }

        // Another thread may be changing the list. The walk may then miss some, and is bounded.
        object? node = TokenFields.Callbacks!.GetValue(registrations);
        for (int i = 0; node is not null && i < MostCallbacks && !sought.IsEmpty; i++)
        {
            switch (TokenFields.State!.GetValue(node))
            {
                case Task promise:
                    Follow(promise, sought, depth + 1);
                    break;
                case CancellationTokenSource linked:
                    FollowCallbacks(linked, sought, depth + 1);
                    break;
                default:
                    break;
            }

            node = TokenFields.Next!.GetValue(node);
        }
    }

    /// <summary>Fields read by reflection: an accessor can't return a field whose type can't be named.</summary>
    private static class TokenFields
    {
        private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

        internal static readonly FieldInfo? Registrations = typeof(CancellationTokenSource).GetField("_registrations", Any);
        internal static readonly FieldInfo? Callbacks = Type.GetType("System.Threading.CancellationTokenSource+Registrations, System.Private.CoreLib")?.GetField("Callbacks", Any);
        internal static readonly FieldInfo? Next = Type.GetType("System.Threading.CancellationTokenSource+CallbackNode, System.Private.CoreLib")?.GetField("Next", Any);
        internal static readonly FieldInfo? State = Type.GetType("System.Threading.CancellationTokenSource+CallbackNode, System.Private.CoreLib")?.GetField("CallbackState", Any);

        internal static bool AreKnown => Registrations is not null && Callbacks is not null && Next is not null && State is not null;
    }
}
