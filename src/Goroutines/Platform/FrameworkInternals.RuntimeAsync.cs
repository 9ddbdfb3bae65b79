using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Goroutines.Platform;

internal static partial class FrameworkInternals
{
    /// <summary>The frames of methods compiled as runtime async (.NET 11): a linked list of continuations behind one task for the whole chain.</summary>
    private static class RuntimeAsync
    {
        private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicFields | DynamicallyAccessedMemberTypes.NonPublicFields)]
        private static readonly Type? s_continuation = Type.GetType("System.Runtime.CompilerServices.Continuation, System.Private.CoreLib");
        private static readonly FieldInfo? s_next = s_continuation?.GetField("Next", Any);
        private static readonly FieldInfo? s_info = s_continuation?.GetField("ResumeInfo", Any);

        /// <summary>Returns whether <paramref name="task"/> is the one of a chain that waits.</summary>
        internal static bool IsTaskOf(Task task) => s_continuation is not null && Accessors.State(task) is { } state && s_continuation.IsInstanceOfType(state);

        internal static unsafe void AddFrames(Task task, List<string> frames, int most)
        {
            if (s_next is null || s_info is null)
            {
                return; // a framework without any
            }

            object? at = Accessors.State(task);
            for (int i = 0; i < most && at is not null && s_continuation!.IsInstanceOfType(at); i++)
            {
                if (s_info.GetValue(at) is Pointer info && Pointer.Unbox(info) is var resume && resume is not null)
                {
                    nint ip = ((nint*)resume)[1]; // ResumeInfo.DiagnosticIP
                    if (ip != 0 && Accessors.MethodAt(null, ip) is { } method)
                    {
                        frames.Add(MethodNames.Join(method.DeclaringType?.FullName ?? "", method.Name));
                    }
                }

                at = s_next.GetValue(at);
            }
        }
    }

    /// <summary>Adds the frames of <paramref name="task"/>, if it is the one of a chain of runtime-async methods.</summary>
    internal static void AddRuntimeAsyncFrames(Task task, List<string> frames, int most) => RuntimeAsync.AddFrames(task, frames, most);

    private static bool IsRuntimeAsync(Task task) => RuntimeAsync.IsTaskOf(task);
}
