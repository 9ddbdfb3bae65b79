// Lays out the sources of the site for docfx, and checks its links afterwards. eng/site calls both.
//
//     Site stage SOURCE       writes the pages, from docs and docs/site, into the folder SOURCE
//     Site check OUTPUT       every link and every image of the HTML below OUTPUT leads somewhere; exit code 1 otherwise

using SiteBuilder;

switch (args)
{
    case ["stage", string source]:
        var stage = new Stage(Path.GetFullPath("."), Path.GetFullPath(source));
        stage.Write();
        Console.WriteLine($"{stage.Pages} pages laid out");
        return 0;
    case ["check", string output]:
        var check = new LinkCheck(Path.GetFullPath(output));
        IReadOnlyList<string> faults = check.Run();
        foreach (string fault in faults)
        {
            Console.WriteLine(fault);
        }

        Console.WriteLine($"site: {check.Files} pages, {check.Links} links, {faults.Count} faults");
        return faults.Count == 0 && check.Links != 0 ? 0 : 1;
    default:
        Console.Error.WriteLine("usage: Site stage SOURCE | Site check OUTPUT");
        return 2;
}
