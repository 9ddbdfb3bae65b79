namespace Goroutines.Runtime;

/// <summary>A goroutine that runs a synchronous body with a result.</summary>
internal sealed class ThreadG<T> : ThreadG, IResultG<T>
{
    private readonly Func<T> _body;
    private readonly Delegate _named;

    internal ThreadG(Scheduler scheduler, long id, Func<T> body, string? file, int line, Delegate? named = null)
        : base(scheduler, id, file, line)
    {
        _body = body;
        _named = named ?? body;
        Handle = new Goroutine<T>(this);
        Owner = Handle;
    }

    G IResultG<T>.Goroutine => this;

    public Goroutine<T> Handle { get; }

    internal override Delegate Body => _named;

    private protected override void CallBody() => Handle.SetResult(_body());
}
