// One side of bench/cluster, on a server that is there.
//
//   cluster-peer SIDE ROW URL QUEUE [--smoke]     prepares a row and prints a line of JSON about itself; {} if the side does not have the row. Then,
//                                                 for each line of its input, it runs a turn of the row and prints a line of JSON with its figures
//   cluster-peer SIDE ROLE URL QUEUE [N] [M]      is one process of several
//   cluster-peer silo PORT OTHER-PORT             is the silo of Orleans
//   cluster-peer --version                        prints the version of Orleans
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Goroutines.ClusterPeer;

if (args is ["--version"])
{
    Console.WriteLine(OrleansSide.Version);
    return 0;
}

if (args is ["silo", var gateway, var silo])
{
    await OrleansSide.ServeAsync(int.Parse(gateway, CultureInfo.InvariantCulture), int.Parse(silo, CultureInfo.InvariantCulture));
    return 0;
}

Side? side = args.FirstOrDefault() switch
{
    "ours" => new OurSide(),
    "nats-net" => new NatsNetSide(),
    "redis" => new RedisSide(),
    "rabbitmq" => new RabbitMqSide(),
    "orleans" => new OrleansSide(),
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

    Func<Task<Dictionary<string, double>>>? turn = await new Rows(side, args[2], args[3], args.Contains("--smoke")).PrepareAsync(args[1]);
    Console.WriteLine(turn is null ? "{}" : JsonSerializer.Serialize(new Dictionary<string, string>
    {
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["settings"] = side.Settings,
    }));
    while (turn is not null && await Task.Run(Console.In.ReadLine) is not null)
    {
        Console.WriteLine(JsonSerializer.Serialize((await turn()).ToDictionary(static figure => figure.Key, static figure => Math.Round(figure.Value, 3))));
    }

    return 0;
});

int Number(int index) => index < args.Length && int.TryParse(args[index], CultureInfo.InvariantCulture, out int number) ? number : 0;
