namespace Goroutines.ModelTests.Model;

/// <summary>How an access is spoilt.</summary>
internal enum PlantKind : sbyte
{
    None,
    Drop,
    Weaken,
    Blind,
    Set,
}
