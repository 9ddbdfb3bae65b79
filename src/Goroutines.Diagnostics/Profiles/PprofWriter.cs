using System.IO.Compression;
using Goroutines.Diagnostics.Formats;

namespace Goroutines.Diagnostics.Profiles;

/// <summary>Writes a profile as pprof's <c>Profile</c> message, compressed with gzip.</summary>
/// <remarks>A location has one line, no address and no mapping, which is enough for names, files and lines. Values are scaled to all
/// goroutines or waits, not only the sampled ones.</remarks>
internal sealed class PprofWriter(GoProfile profile, string runtime, bool hasDelays)
{
    // Field numbers of pprof's definitions.
    private const int ProfileSampleType = 1;
    private const int ProfileSample = 2;
    private const int ProfileLocation = 4;
    private const int ProfileFunction = 5;
    private const int ProfileStringTable = 6;
    private const int ProfileTime = 9;
    private const int ProfileComment = 13;
    private const int ProfileDefaultSampleType = 14;
    private const int ValueTypeType = 1;
    private const int ValueTypeUnit = 2;
    private const int SampleLocation = 1;
    private const int SampleValue = 2;
    private const int SampleLabel = 3;
    private const int LabelKey = 1;
    private const int LabelText = 2;
    private const int LabelNumber = 3;
    private const int LocationId = 1;
    private const int LocationLine = 4;
    private const int LineFunction = 1;
    private const int LineLine = 2;
    private const int FunctionId = 1;
    private const int FunctionName = 2;
    private const int FunctionSystemName = 3;
    private const int FunctionFile = 4;

    private readonly ProtoWriter _proto = new();
    private readonly Dictionary<string, long> _strings = new() { [""] = 0 };
    private readonly List<string> _table = [""];
    private readonly Dictionary<(string Method, string File), long> _functions = [];
    private readonly Dictionary<GoProfileFrame, long> _locations = [];

    internal void Write(Stream stream)
    {
        string counted = profile.Name switch
        {
            "block" or "mutex" => "contentions",
            "spawn" => "spawned",
            _ => "goroutine",
        };
        WriteType(counted, "count");
        if (hasDelays)
        {
            WriteType("delay", "nanoseconds");
        }

        foreach (GoProfileSample sample in profile.Samples)
        {
            WriteSample(sample);
        }

        foreach ((GoProfileFrame frame, long id) in _locations)
        {
            WriteLocation(frame, id);
        }

        foreach (((string method, string file), long id) in _functions)
        {
            WriteFunction(method, file, id);
        }

        _proto.Write(ProfileTime, (profile.Time - DateTimeOffset.UnixEpoch).Ticks * 100);
        _proto.WritePacked(ProfileComment, [IndexOf($"runtime \"{runtime}\" of Goroutines for .NET, profile {profile.Name}")]);
        _proto.Write(ProfileDefaultSampleType, IndexOf(hasDelays ? "delay" : counted));
        foreach (string text in _table)
        {
            _proto.Write(ProfileStringTable, text);
        }

        using GZipStream gzip = new(stream, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(_proto.Written);
    }

    private void WriteType(string type, string unit)
    {
        int message = _proto.Begin(ProfileSampleType);
        _proto.Write(ValueTypeType, IndexOf(type));
        _proto.Write(ValueTypeUnit, IndexOf(unit));
        _proto.End(message);
    }

    private void WriteSample(GoProfileSample sample)
    {
        int message = _proto.Begin(ProfileSample);
        long[] locations = [.. sample.Stack.Select(LocationOf)];
        _proto.WritePacked(SampleLocation, locations);
        _proto.WritePacked(SampleValue, hasDelays ? [sample.Count, sample.Delay.Ticks * 100] : [sample.Count]);
        foreach ((string key, string value) in sample.Labels)
        {
            int label = _proto.Begin(SampleLabel);
            _proto.Write(LabelKey, IndexOf(key));
            if (key == "goroutine" && long.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out long number))
            {
                _proto.Write(LabelNumber, number);
            }
            else
            {
                _proto.Write(LabelText, IndexOf(value));
            }

            _proto.End(label);
        }

        _proto.End(message);
    }

    private void WriteLocation(GoProfileFrame frame, long id)
    {
        int message = _proto.Begin(ProfileLocation);
        _proto.Write(LocationId, id);
        int line = _proto.Begin(LocationLine);
        _proto.Write(LineFunction, FunctionOf(frame));
        _proto.WriteUnlessZero(LineLine, frame.Line);
        _proto.End(line);
        _proto.End(message);
    }

    private void WriteFunction(string method, string file, long id)
    {
        int message = _proto.Begin(ProfileFunction);
        _proto.Write(FunctionId, id);
        _proto.Write(FunctionName, IndexOf(method));
        _proto.Write(FunctionSystemName, IndexOf(method));
        _proto.WriteUnlessZero(FunctionFile, IndexOf(file));
        _proto.End(message);
    }

    private long LocationOf(GoProfileFrame frame)
    {
        if (!_locations.TryGetValue(frame, out long id))
        {
            id = _locations.Count + 1;
            _locations.Add(frame, id);
        }

        return id;
    }

    private long FunctionOf(GoProfileFrame frame)
    {
        if (!_functions.TryGetValue((frame.Method, frame.File), out long id))
        {
            id = _functions.Count + 1;
            _functions.Add((frame.Method, frame.File), id);
        }

        return id;
    }

    private long IndexOf(string text)
    {
        if (!_strings.TryGetValue(text, out long index))
        {
            index = _table.Count;
            _table.Add(text);
            _strings.Add(text, index);
        }

        return index;
    }
}
