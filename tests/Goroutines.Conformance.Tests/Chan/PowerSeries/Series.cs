namespace Goroutines.Conformance.Tests.Chan.PowerSeries;

/// <summary>
/// A power series after McIlroy ("Squinting at Power Series"), as in Go's <c>test/chan/powser1.go</c>: a goroutine that gives
/// one coefficient after the other, from that of x⁰ on, each only when it is asked for. Because nothing is made before it is
/// wanted, series may be infinite and may be defined by themselves.
/// </summary>
/// <remarks>
/// A series has one reader; <see cref="Split"/> makes two of it. An operation takes its operands over. This part is how
/// coefficients are passed; the operations are in the others.
/// </remarks>
internal sealed partial class Series<TItem, TWire>
    where TWire : IWire<TItem>
{
    private readonly Chan<Unit> _demand = new();
    private readonly Chan<TItem> _supply = new();

    /// <summary>The next coefficient; <see cref="Rational.End"/> after the last, as often as it is asked for.</summary>
    public async ValueTask<Rational> NextAsync()
    {
        await _demand.SendAsync(default);
        return TWire.Unwrap((await _supply.ReceiveAsync()).Value);
    }

    /// <summary>
    /// Two series equal to this one, which may be read at different rates. There is a goroutine for each coefficient that
    /// one of them has given and the other not yet; it ends when both have.
    /// </summary>
    public (Series<TItem, TWire> First, Series<TItem, TWire> Second) Split()
    {
        Series<TItem, TWire> first = new();
        Series<TItem, TWire> second = new();
        Replicate(first, second);
        return (first, second);
    }

    /// <summary>Starts a series that <paramref name="generate"/> gives the coefficients of.</summary>
    private static Series<TItem, TWire> Start(Func<Series<TItem, TWire>, ValueTask> generate)
    {
        Series<TItem, TWire> series = new();
        Go.Spawn(() => generate(series));
        return series;
    }

    /// <summary>The series z for which z = <paramref name="definition"/>(z), where a coefficient depends only on those before it.</summary>
    private static Series<TItem, TWire> Fixpoint(Func<Series<TItem, TWire>, Series<TItem, TWire>> definition)
    {
        Series<TItem, TWire> inner = new();
        Series<TItem, TWire> outer = new();
        definition(inner).Replicate(inner, outer);
        return outer;
    }

    /// <summary>Asks two series at the same time, so that neither waits for the other.</summary>
    private static async ValueTask<(Rational Left, Rational Right)> NextOfBoth(Series<TItem, TWire> left, Series<TItem, TWire> right)
    {
        Series<TItem, TWire>[] series = [left, right];
        Rational[] coefficients = new Rational[series.Length];
        var select = new Select();
        SendCase<Unit>[] asks = [.. series.Select(one => select.Send(one._demand))];
        ReceiveCase<TItem>[] answers = [.. series.Select(_ => select.Receive(default(Receiver<TItem>)))];
        for (int steps = 2 * series.Length; steps > 0; steps--)
        {
            int index = await select.WaitAsync();
            int which = index % series.Length;
            if (index < series.Length)
            {
                asks[which].Channel = default;
                answers[which].Channel = series[which]._supply;
            }
            else
            {
                coefficients[which] = TWire.Unwrap(answers[which].Value);
                answers[which].Channel = default;
            }
        }

        return (coefficients[0], coefficients[1]);
    }

    private static async ValueTask ReplicateOne(Series<TItem, TWire> source, Series<TItem, TWire> ahead, Series<TItem, TWire> behind, Receiver<Unit> turn)
    {
        // The one behind still waits for what earlier goroutines hold; until they are done, only the one ahead may ask here.
        var first = new Select();
        first.Receive(ahead._demand);
        ReceiveCase<Unit> released = first.Receive(turn);
        await first.WaitAsync();
        bool both = released.Selected;
        if (both)
        {
            var either = new Select();
            either.Receive(ahead._demand);
            ReceiveCase<Unit> other = either.Receive(behind._demand);
            await either.WaitAsync();
            if (other.Selected)
            {
                (ahead, behind) = (behind, ahead);
            }
        }

        await source._demand.SendAsync(default);
        var done = new Chan<Unit>();
        Go.Spawn(() => ReplicateOne(source, ahead, behind, done));

        TItem item = (await source._supply.ReceiveAsync()).Value;
        await ahead._supply.SendAsync(item);
        if (!both)
        {
            await turn.ReceiveAsync();
        }

        await behind._demand.ReceiveAsync();
        await behind._supply.SendAsync(item);
        await done.SendAsync(default);
    }

    private void Replicate(Series<TItem, TWire> first, Series<TItem, TWire> second)
    {
        var start = new Chan<Unit>();
        Go.Spawn(() => ReplicateOne(this, first, second, start));
        Go.Spawn(() => start.SendAsync(default));
    }

    /// <summary>Gives a coefficient when it is asked for.</summary>
    private async ValueTask Give(Rational coefficient)
    {
        await Asked();
        await Answer(coefficient);
    }

    private async ValueTask Asked() => await _demand.ReceiveAsync();

    private ValueTask Answer(Rational coefficient) => _supply.SendAsync(TWire.Wrap(coefficient));

    /// <summary>Goes on as another series, to its end and beyond.</summary>
    private async ValueTask GoOnAs(Series<TItem, TWire> other)
    {
        while (true)
        {
            await Asked();
            await Answer(await other.NextAsync());
        }
    }

    private async ValueTask End()
    {
        while (true)
        {
            await Give(Rational.End);
        }
    }
}
