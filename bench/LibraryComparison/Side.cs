namespace Goroutines.LibraryComparison;

/// <summary>A library or a runtime that the rows are run on.</summary>
/// <param name="Name">What <c>--only</c> and the .NET peer call it.</param>
/// <param name="Title">What the page calls it.</param>
internal sealed record Side(string Name, string Title, bool IsDotNet)
{
    public const string Ours = "ours";

    public static readonly IReadOnlyList<Side> All =
    [
        new(Ours, "ours", IsDotNet: true),
        new("channels", "Channels", IsDotNet: true),
        new("channels-inline", "Channels, inline", IsDotNet: true),
        new("dataflow", "Dataflow", IsDotNet: true),
        new("akka", "Akka.NET", IsDotNet: true),
        new("akka-tuned", "Akka.NET, tuned", IsDotNet: true),
        new("proto", "Proto.Actor", IsDotNet: true),
        new("asyncex", "AsyncEx", IsDotNet: true),
        new("dotnext", "DotNext", IsDotNet: true),
        new("erlang", "Erlang", IsDotNet: false),
        new("tokio", "tokio", IsDotNet: false),
        new("java", "Java", IsDotNet: false),
    ];

    public bool IsOurs => Name == Ours;
}
