using Goroutines.Analyzers.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Goroutines.Analyzers.Rules;

/// <summary>GOR207: an operation on a channel that is nil for certain.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class NilChannelAnalyzer : RuleAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "GOR207", "An operation on a nil channel waits for good",
        "'{0}' is never given a channel: this waits for good. A nil channel is of use only in a Select, whose case is then never chosen.",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true,
        description: "default(Sender<T>) and default(Receiver<T>) are nil channels, as in Go.",
        helpLinkUri: HelpLink("GOR207"));

    /// <summary>Creates the analyzer.</summary>
    public NilChannelAnalyzer()
        : base(s_rule, Traits.Channel)
    {
    }

    private protected override void Check(BlockModel model, OperationBlockAnalysisContext context)
    {
        foreach (ApiCall call in model.Calls)
        {
            if (!(call.IsSend || call.IsReceive) || call.Invocation?.Instance is not { } instance)
            {
                continue;
            }

            switch (Operations.Unwrap(instance))
            {
                case IDefaultValueOperation or IObjectCreationOperation { Arguments.IsEmpty: true, Type.TypeKind: TypeKind.Struct }:
                    Report(context, s_rule, call.Operation.Syntax, instance.Syntax.ToString());
                    break;
                case ILocalReferenceOperation { Local: { } local } when IsNil(model, local) && !model.ReferencesTo(local).Any(static reference => reference.IsWrite):
                    Report(context, s_rule, call.Operation.Syntax, local.Name);
                    break;
            }
        }
    }

    private static bool IsNil(BlockModel model, ILocalSymbol local) => model.Api.TypeOf(local.Type) is ApiType.Sender or ApiType.Receiver
        && model.InitializerOf(local) is IDefaultValueOperation or IObjectCreationOperation { Arguments.IsEmpty: true, Type.TypeKind: TypeKind.Struct };
}
