using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CSharp.RuntimeBinder;
using Xunit;

namespace Goroutines.Conformance.Tests.Chan;

/// <summary>
/// Go's <c>test/chan/perm.go</c>, a program that must not compile: what can be done with a channel, a view that sends and a view
/// that receives. What C#'s compiler has to refuse is written with <c>dynamic</c>, so that the same rules are applied, by the
/// same language, when the test runs.
/// </summary>
public class DirectionTests
{
    private static readonly Chan<int> s_channel = new(8);

    [Fact(DisplayName = "go: test/chan/perm.go: conversions")]
    public void Conversions_OnlyFromAChannelToItsViews()
    {
        dynamic channel = s_channel;
        dynamic sender = s_channel.Sender;
        dynamic receiver = s_channel.Receiver;

        Sender<int> toSender = channel;
        Receiver<int> toReceiver = channel;
        Assert.Equal(s_channel.Sender, toSender);
        Assert.Equal(s_channel.Receiver, toReceiver);

        Refused(() => toSender = receiver);
        Refused(() => toReceiver = sender);
        Refused(() => channel = Implicitly<Chan<int>>.From(sender));
        Refused(() => channel = Implicitly<Chan<int>>.From(receiver));
        Refused(() => channel = (Chan<int>)sender);
        Refused(() => channel = (Chan<int>)receiver);
        Refused(() => toSender = (Sender<int>)receiver);
        Refused(() => toReceiver = (Receiver<int>)sender);
    }

    [Fact(DisplayName = "go: test/chan/perm.go: operations")]
    public async Task Operations_OnlyThoseOfTheDirection()
    {
        dynamic channel = new Chan<int>(8);
        dynamic sender = ((Chan<int>)channel).Sender;
        dynamic receiver = ((Chan<int>)channel).Receiver;
        dynamic number = 1;

        await channel.SendAsync(1);
        channel.Send(2);
        Assert.True(channel.TrySend(3));
        await sender.SendAsync(4);
        sender.Send(5);
        Assert.True(sender.TrySend(6));
        Assert.Equal(new Received<int>(1, true), await channel.ReceiveAsync());
        Assert.Equal(new Received<int>(2, true), channel.Receive());
        Assert.True(channel.TryReceive(out Received<int> received));
        Assert.Equal(new Received<int>(4, true), await receiver.ReceiveAsync());
        Assert.Equal(new Received<int>(5, true), receiver.Receive());
        Assert.True(receiver.TryReceive(out received));
        sender.Close();
        Assert.False(channel.TryClose());

        Refused(() => receiver.SendAsync(0));
        Refused(() => receiver.Send(0));
        Refused(() => receiver.TrySend(0));
        Refused(() => receiver.Close());
        Refused(() => receiver.TryClose());
        Refused(() => receiver.ToChannelWriter());
        Refused(() => sender.ReceiveAsync());
        Refused(() => sender.Receive());
        Refused(() => sender.TryReceive(out received));
        Refused(() => sender.ToChannelReader());
        Refused(() => number.Receive());
        Refused(() => number.Send(2));
        Refused(() => number.Close());
    }

    [Fact(DisplayName = "go: test/chan/perm.go: select")]
    public void SelectCases_OnlyThoseOfTheDirection()
    {
        var select = new Select();
        dynamic channel = s_channel;
        dynamic sender = s_channel.Sender;
        dynamic receiver = s_channel.Receiver;
        dynamic number = 1;

        Assert.IsType<SendCase<int>>(select.Send(channel, 0));
        Assert.IsType<SendCase<int>>(select.Send(sender, 0));
        Assert.IsType<ReceiveCase<int>>(select.Receive(channel));
        Assert.IsType<ReceiveCase<int>>(select.Receive(receiver));

        Refused(() => select.Send(receiver, 0));
        Refused(() => select.Receive(sender));
        Refused(() => select.Receive(number));
    }

    /// <summary>The compiler's rule for <c>foreach</c> has no dynamic form: a method of a certain name, or an interface.</summary>
    [Fact(DisplayName = "go: test/chan/perm.go: range")]
    public void Foreach_OnlyOverWhatReceives()
    {
        Assert.True(CanBeEnumerated(typeof(Chan<int>)));
        Assert.True(CanBeEnumerated(typeof(Receiver<int>)));
        Assert.False(CanBeEnumerated(typeof(Sender<int>)));

        static bool CanBeEnumerated(Type type) =>
            type.GetMethods().Any(static method => method.Name is "GetAsyncEnumerator" or "GetEnumerator")
            || type.GetInterfaces().Any(static made => made == typeof(IEnumerable) || (made.IsGenericType && made.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)));
    }

    /// <summary>An extension method would give a view what its own members don't, and <c>dynamic</c> does not see those.</summary>
    [Fact(DisplayName = "go: test/chan/perm.go: extensions")]
    public void Views_HaveNoExtensions()
    {
        IEnumerable<MethodInfo> extensions = typeof(Chan<>).Assembly.GetExportedTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(static method => method.IsDefined(typeof(ExtensionAttribute)));
        Assert.DoesNotContain(extensions, static method => method.GetParameters()[0].ParameterType is { IsGenericType: true } type
            && (type.GetGenericTypeDefinition() == typeof(Sender<>) || type.GetGenericTypeDefinition() == typeof(Receiver<>)));
    }

    private static void Refused(Func<object?> expression) => Assert.Throws<RuntimeBinderException>(expression);

    /// <summary>A place that asks for a value of a type: an argument converts only implicitly.</summary>
    private static class Implicitly<T>
    {
        public static T From(T value) => value;
    }
}
