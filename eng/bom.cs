#!/usr/bin/env dotnet
#:property PublishAot=false

// Writes the software bill of materials of every package, in CycloneDX's JSON, to artifacts/bom/PACKAGE.cdx.json, from where `dotnet pack` takes it. It says
// what a package depends on and what is inside it: version, licence and hash of each component, and which needs which, as the restore resolved them.
// The same inputs give the same bytes (no time, and a serial number made from the content), so that packages stay deterministic.
//
//     dotnet run eng/bom.cs            after `dotnet restore`

using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;

// Projects of their own whose output is inside a package.
Dictionary<string, string[]> inside = new() { ["Goroutines.Race"] = ["Goroutines.Race.Rewriter"] };
Directory.CreateDirectory("artifacts/bom");
foreach (string project in Directory.GetFiles("src", "*.csproj", SearchOption.AllDirectories).Where(IsPackage).Order(StringComparer.Ordinal))
{
    string id = Path.GetFileNameWithoutExtension(project);
    File.WriteAllText($"artifacts/bom/{id}.cdx.json", Bill(id));
}

return;

static bool IsPackage(string path) => !path.Contains("content", StringComparison.Ordinal) && File.ReadAllText(path).Contains("<IsPackable>true</IsPackable>", StringComparison.Ordinal);

string Bill(string id)
{
    SortedDictionary<string, JsonObject> components = new(StringComparer.Ordinal);
    SortedDictionary<string, SortedSet<string>> needs = new(StringComparer.Ordinal);
    JsonObject assets = Assets(id);
    string version = assets["project"]!["version"]!.GetValue<string>();
    string self = Reference(id, version);
    needs[self] = [];
    Add(assets, self);
    foreach (string other in inside.GetValueOrDefault(id, []))
    {
        Add(Assets(other), self);
    }

    JsonObject bill = new()
    {
        ["bomFormat"] = "CycloneDX",
        ["specVersion"] = "1.6",
        ["version"] = 1,
        ["metadata"] = new JsonObject { ["component"] = Component(id, version, "Apache-2.0", null) },
        ["components"] = new JsonArray([.. components.Values]),
        ["dependencies"] = new JsonArray([.. needs.Select(need => new JsonObject
        {
            ["ref"] = need.Key,
            ["dependsOn"] = new JsonArray([.. need.Value.Select(value => JsonValue.Create(value))]),
        })]),
    };
    byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(bill.ToJsonString()));
    bill.Insert(2, "serialNumber", $"urn:uuid:{new Guid(hash.AsSpan(0, 16))}");
    return bill.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";

    // What the project needs and does not keep to its own build, and what that needs.
    void Add(JsonObject assets, string owner)
    {
        JsonObject target = assets["targets"]!.AsObject().First().Value!.AsObject();
        JsonObject libraries = assets["libraries"]!.AsObject();
        string[] folders = [.. assets["packageFolders"]!.AsObject().Select(folder => folder.Key)];
        JsonObject framework = assets["project"]!["frameworks"]!.AsObject().First().Value!.AsObject();
        IEnumerable<string> direct = framework["dependencies"]?.AsObject().Where(entry => entry.Value!["suppressParent"]?.GetValue<string>() != "All").Select(entry => entry.Key) ?? [];
        JsonObject projects = assets["project"]!["restore"]!["frameworks"]!.AsObject().First().Value!["projectReferences"]?.AsObject() ?? [];
        Queue<(string Owner, string Name)> open = new(direct.Concat(projects.Select(entry => Path.GetFileNameWithoutExtension(entry.Key))).Select(name => (owner, name)));
        while (open.TryDequeue(out (string Owner, string Name) next))
        {
            (string key, JsonNode? found) = target.FirstOrDefault(entry => entry.Key.StartsWith(next.Name + "/", StringComparison.OrdinalIgnoreCase));
            if (found is null || (found["type"]!.GetValue<string>() == "project" && !File.ReadAllText($"src/{key.Split('/')[0]}/{key.Split('/')[0]}.csproj").Contains("<IsPackable>true", StringComparison.Ordinal)))
            {
                continue;      // a part of the framework, or a build tool of this repository
            }

            string[] parts = key.Split('/');
            string reference = Reference(parts[0], parts[1]);
            needs[next.Owner].Add(reference);
            if (!needs.TryAdd(reference, new SortedSet<string>(StringComparer.Ordinal)))
            {
                continue;
            }

            bool isOurs = found["type"]!.GetValue<string>() == "project";
            components[reference] = isOurs
                ? Component(parts[0], parts[1], "Apache-2.0", null)
                : Component(parts[0], parts[1], License(folders, libraries[key]!["path"]!.GetValue<string>()), libraries[key]!["sha512"]!.GetValue<string>());
            foreach (KeyValuePair<string, JsonNode?> dependency in found["dependencies"]?.AsObject() ?? [])
            {
                open.Enqueue((reference, dependency.Key));
            }
        }
    }
}

static JsonObject Assets(string id) => JsonNode.Parse(File.ReadAllText($"artifacts/obj/{id}/project.assets.json"))!.AsObject();

static string Reference(string id, string version) => $"pkg:nuget/{id}@{version}";

static JsonObject Component(string id, string version, string license, string? sha512)
{
    JsonObject component = new()
    {
        ["type"] = "library",
        ["bom-ref"] = Reference(id, version),
        ["name"] = id,
        ["version"] = version,
        ["licenses"] = new JsonArray(new JsonObject { ["license"] = new JsonObject { ["id"] = license } }),
        ["purl"] = Reference(id, version),
    };
    if (sha512 is not null)
    {
        component.Insert(4, "hashes", new JsonArray(new JsonObject { ["alg"] = "SHA-512", ["content"] = Convert.ToHexStringLower(Convert.FromBase64String(sha512)) }));
    }

    return component;
}

static string License(string[] folders, string path)
{
    // Packages whose licence is a file: what that file says, for the version that was read.
    if (path == "fractions/7.3.0")
    {
        return "BSD-2-Clause";
    }

    string folder = folders.Select(folder => Path.Combine(folder, path)).First(Directory.Exists);
    XElement? license = XDocument.Load(Directory.GetFiles(folder, "*.nuspec").Single()).Descendants().FirstOrDefault(element => element.Name.LocalName == "license");
    return license?.Attribute("type")?.Value == "expression" ? license.Value : throw new InvalidDataException($"{path} states no licence expression; look at its licence and say it here");
}
