%% How long to warm up and to measure: as ../shared/Measure.cs does for the sides on .NET. Code is compiled when it is loaded, so the small
%% rounds are left out; the whole rounds are the same.
-module(measure).
-export([repeated/3, equal/3, sum_below/1, resident_bytes/0, now_ns/0]).

%% Repeats the body, each time in a fresh process, and takes the median time of an operation.
repeated(N, Mode, Body) ->
    {FullRounds, Measured, MinRepetitions} = limits(Mode),
    warm_up(N, Body, FullRounds),
    Each = repeat(N, Body, now_ns() + Measured, MinRepetitions, []),
    [{"ns_per_op", lists:nth(length(Each) div 2 + 1, lists:sort(Each))}, {"repetitions", length(Each)}].

limits(thorough) -> {300000000, 300000000, 3};
limits(smoke) -> {0, 0, 1}.

warm_up(_, _, 0) -> ok;
warm_up(N, Body, FullRounds) -> warm_up(N, Body, now_ns(), FullRounds, none, false).

%% Whole rounds until two in a row take the same time within a tenth.
warm_up(N, Body, Begin, FullRounds, Last, Steady) ->
    Elapsed = now_ns() - Begin,
    if
        Steady andalso Elapsed >= FullRounds -> ok;
        Elapsed >= 10000000000 -> ok;
        true ->
            Now = timed(N, Body),
            warm_up(N, Body, Begin, FullRounds, Now, Last =/= none andalso abs(Now - Last) =< Last / 10)
    end.

repeat(N, Body, End, Left, Each) ->
    case Left =< 0 andalso now_ns() >= End of
        true -> Each;
        false -> repeat(N, Body, End, Left - 1, [timed(N, Body) / N | Each])
    end.

timed(N, Body) ->
    Start = now_ns(),
    {_, Monitor} = spawn_monitor(fun() -> Body(N) end),
    receive
        {'DOWN', Monitor, process, _, normal} -> now_ns() - Start;
        {'DOWN', Monitor, process, _, Reason} -> io:format(standard_error, "~p~n", [Reason]), halt(1)
    end.

now_ns() -> erlang:monotonic_time(nanosecond).

equal(_, Expected, Expected) -> ok;
equal(Row, Expected, Actual) -> exit({Row, Actual, instead_of, Expected}).

%% The sum of 0 to N - 1.
sum_below(N) -> N * (N - 1) div 2.

%% The resident memory of this process of the operating system (VmRSS).
resident_bytes() ->
    {ok, Status} = file:read_file("/proc/self/status"),
    {match, [Kib]} = re:run(Status, "VmRSS:\\s*(\\d+)", [{capture, all_but_first, list}]),
    list_to_integer(Kib) * 1024.
