using System.Text.Json;

namespace PackageCheck;

/// <summary>A package's bill of materials.</summary>
/// <param name="Name">The package that it is of; empty if there is no bill.</param>
/// <param name="Version">That package's version.</param>
/// <param name="Components">What the package depends on, and what is inside it.</param>
internal sealed record Bill(string Name, string Version, IReadOnlyList<Component> Components)
{
    internal static Bill Of(Package package)
    {
        string text = package.Text("bom.cdx.json");
        if (text.Length == 0)
        {
            return new Bill("", "", []);
        }

        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement own = document.RootElement.GetProperty("metadata").GetProperty("component");
        return new Bill(Text(own, "name"), Text(own, "version"), [.. document.RootElement.GetProperty("components").EnumerateArray().Select(static component => new Component(
            Text(component, "name"),
            Text(component, "version"),
            Text(component.GetProperty("licenses")[0].GetProperty("license"), "id"),
            component.TryGetProperty("hashes", out _)))]);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
