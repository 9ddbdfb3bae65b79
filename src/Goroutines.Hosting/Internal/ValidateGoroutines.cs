using Microsoft.Extensions.Options;

namespace Goroutines.Hosting.Internal;

/// <summary>Reports which setting is out of its range, and what the range is.</summary>
internal sealed class ValidateGoroutines : IValidateOptions<GoroutinesOptions>
{
    public ValidateOptionsResult Validate(string? name, GoroutinesOptions options)
    {
        List<string> failures = [];
        Check(options.MaxProcs is null or (>= 1 and <= Runtime.Scheduler.MaxProcsLimit), nameof(options.MaxProcs), options.MaxProcs, $"from 1 to {Runtime.Scheduler.MaxProcsLimit}");
        Check(options.StackSize is null or >= 0, nameof(options.StackSize), options.StackSize, "0 or a size in bytes");
        Check(options.MaxThreads is null or >= 1, nameof(options.MaxThreads), options.MaxThreads, "at least 1");
        Check(options.DrainTimeout >= TimeSpan.Zero || options.DrainTimeout == Timeout.InfiniteTimeSpan, nameof(options.DrainTimeout), options.DrainTimeout, "zero or positive, or -00:00:00.001 for no limit");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string key, object? value, string range)
        {
            if (!holds)
            {
                failures.Add($"{GoroutinesOptions.SectionName}:{key} is {value}: it must be {range}.");
            }
        }
    }
}
