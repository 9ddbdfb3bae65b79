%% counting (Savina's count): one process sends, one adds up. An operation is one number.
-module(counting).
-export([run/1, count/2]).

run(N) ->
    Self = self(),
    Counter = spawn_link(fun() -> count(Self, 0) end),
    send(Counter, 0, N),
    receive
        Sum -> measure:equal(counting, measure:sum_below(N), Sum)
    end.

send(Counter, N, N) -> Counter ! result;
send(Counter, I, N) ->
    Counter ! I,
    send(Counter, I + 1, N).

%% Adds up until it is asked for the result.
count(Main, Sum) ->
    receive
        result -> Main ! Sum;
        Value -> count(Main, Sum + Value)
    end.
