%% The Erlang side of bench/libraries: `erlang-peer ROW [--n N] [--smoke]` runs one row and prints its figures as a line of JSON.
%%
%% The rows have the names and the sizes of ../libraries/Shared/Suite.cs. A row stands in a module of its own.
-module(rows).
-export([main/0]).

main() ->
    Arguments = init:get_plain_arguments(),
    case options(Arguments) of
        {ok, Row, N, Mode} ->
            {Operations, Result} = run(Row, N, Mode),
            io:format("~s~n", [json(Row, Operations, Result)]),
            halt(0);
        usage ->
            Names = lists:join(" ", [Name || {Name, _, _, _} <- rows()]),
            io:format(standard_error, "usage: erlang-peer ROW [--n N] [--smoke]~nworkloads: ~s~n", [Names]),
            halt(2)
    end.

%% Name, operations, what they are a multiple of, and the body; parked measures by itself.
rows() ->
    [{"pingpong", 100000, 1, fun(N) -> pingpong:run(1, N) end},
     {"pingpong100", 200000, 1, fun(N) -> pingpong:run(100, N) end},
     {"yield", 400000, 4, fun yielding:run/1},
     {"skynet", 100000, 1, fun skynet:run/1},
     {"parked", 1000000, 1000, parked},
     {"ring", 200000, 1, fun ring:run/1},
     {"chameneos", 100000, 1, fun chameneos:run/1},
     {"counting", 1000000, 1, fun counting:run/1},
     {"forkjoin", 600000, 60, fun forkjoin:run/1},
     {"big", 120000, 120, fun big:run/1},
     {"bounded", 200000, 40, fun bounded:run/1}].

options([Row | Rest]) ->
    case lists:keymember(Row, 1, rows()) of
        true -> options(Rest, Row, none, thorough);
        false -> usage
    end;
options([]) ->
    usage.

options(["--smoke" | Rest], Row, N, _) -> options(Rest, Row, N, smoke);
options(["--n", N | Rest], Row, _, Mode) -> options(Rest, Row, list_to_integer(N), Mode);
options([], Row, N, Mode) -> {ok, Row, N, Mode};
options(_, _, _, _) -> usage.

run(Row, Asked, Mode) ->
    {_, Usual, Unit, Body} = lists:keyfind(Row, 1, rows()),
    N = case Asked of
            none -> Usual;
            _ -> (Asked + Unit - 1) div Unit * Unit
        end,
    case Body of
        parked -> {N, parked:run(N, Mode)};
        _ -> {N, measure:repeated(N, Mode, Body)}
    end.

json(Row, N, Result) ->
    Figures = [io_lib:format("\"~s\":~.3f,", [Figure, float(Value)]) || {Figure, Value} <- Result],
    io_lib:format("{\"workload\":\"~s\",\"n\":~b,~s\"runtime\":\"Erlang/OTP ~s (erts ~s, ~s)\",\"settings\":\"schedulers=~b\"}",
                  [Row, N, Figures, erlang:system_info(otp_release), erlang:system_info(version),
                   erlang:system_info(emu_flavor), erlang:system_info(schedulers_online)]).
