// One side of bench/cluster, on a server that is there.
//
//   cluster-peer SIDE ROW URL QUEUE [--smoke]     runs a row and prints a line of JSON; {} if the side does not have it
//   cluster-peer SIDE ROLE URL QUEUE [N] [M]      is one process of several
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Goroutines.ClusterPeer;

Side? side = args.FirstOrDefault() switch
{
    "ours" => new OurSide(),
    "nats-net" => new NatsNetSide(),
    "redis" => new RedisSide(),
    _ => null,
};
if (side is null || args.Length < 4 || (!Rows.Names.Contains(args[1]) && !Roles.Names.Contains(args[1])))
{
    Console.Error.WriteLine($"usage: cluster-peer SIDE ROW-OR-ROLE URL QUEUE [N] [M] [--smoke]\nrows: {string.Join(' ', Rows.Names)}\nroles: {string.Join(' ', Roles.Names)}");
    return 2;
}

return side.Run(async () =>
{
    if (Roles.Names.Contains(args[1]))
    {
        await new Roles(side, args[2], args[3]).RunAsync(args[1], Number(4), Number(5));
        return 0;
    }

    Dictionary<string, double>? figures = await new Rows(side, args[2], args[3], args.Contains("--smoke")).RunAsync(args[1]);
    Console.WriteLine(ToJson(figures ?? []));
    return 0;
});

int Number(int index) => index < args.Length && int.TryParse(args[index], CultureInfo.InvariantCulture, out int number) ? number : 0;

string ToJson(Dictionary<string, double> figures)
{
    using MemoryStream stream = new();
    using (Utf8JsonWriter writer = new(stream))
    {
        writer.WriteStartObject();
        foreach ((string figure, double value) in figures)
        {
            writer.WriteNumber(figure, Math.Round(value, 3));
        }

        if (figures.Count != 0)
        {
            writer.WriteString("runtime", RuntimeInformation.FrameworkDescription);
            writer.WriteString("settings", side.Settings);
        }

        writer.WriteEndObject();
    }

    return Encoding.UTF8.GetString(stream.ToArray());
}
