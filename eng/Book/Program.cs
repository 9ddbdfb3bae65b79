// Checks the book: compiles every program of docs/book with warnings as errors and the library's own analyzers, runs each in a process of its
// own, and requires that both programs of a pair print the same and end with the same exit code, and that the pages show exactly these programs
// and this output.
//
//     dotnet run -c Release --project eng/Book              checks; exit code 1 if anything differs
//     dotnet run -c Release --project eng/Book -- --write   writes programs and outputs into the pages
//     … NAME...                                             only the pages or programs whose path contains a NAME
//
// In a page `<!-- program: cookbook/retry -->` and `<!-- pair: go/select -->` stand before what is written here, `<!-- end -->` after it.

using Book;

if (args is ["--run", string program])
{
    return Runner.RunHere(program);
}

bool write = args.Contains("--write");
string[] names = [.. args.Where(static argument => argument != "--write")];
string root = Path.GetFullPath("docs/book");
if (!Directory.Exists(root))
{
    Console.Error.WriteLine($"there is no {root}: start this at the top of the repository");
    return 2;
}

string work = Path.GetFullPath("artifacts/book");
Directory.CreateDirectory(work);
Page[] pages = [.. Directory.GetFiles(root, "*.md").Order(StringComparer.Ordinal).Select(path => Page.Read(root, path))];
var examples = new Examples(root, work);
List<string> faults = [.. examples.NotIn(pages)];
int checkedCount = 0;
foreach (Page page in pages)
{
    foreach (Slot slot in page.Slots.Where(slot => names.Length == 0 || names.Any(name => slot.Name.Contains(name, StringComparison.Ordinal))))
    {
        Result result = await examples.CheckAsync(slot);
        faults.AddRange(result.Faults);
        checkedCount++;
        if (result.Text is { } text && text != slot.Text)
        {
            if (write)
            {
                slot.Text = text;
            }
            else
            {
                faults.Add($"{page.Name}: {slot.Name} differs from its program or what that prints (--write mends it):\n{Difference.Of(slot.Text, text)}");
            }
        }

        Console.WriteLine($"{(result.Faults.Count == 0 ? "ok    " : "FAILED")} {slot.Name}{(result.Skipped is { } reason ? $" ({reason})" : "")}");
    }

    if (write)
    {
        page.Write();
    }
}

foreach (string fault in faults)
{
    Console.WriteLine(fault);
}

Console.WriteLine($"book: {checkedCount} examples, {faults.Count} faults");
return faults.Count == 0 && checkedCount > 0 ? 0 : 1;
