%% ring: 503 processes pass a token from each to the next. An operation is one pass.
-module(ring).
-export([run/1]).

-define(SIZE, 503).

run(N) ->
    Self = self(),
    Last = spawn_link(fun() -> receive {next, First} -> pass(First, Self, 0) end end),
    First = lists:foldl(fun(_, Next) -> spawn_link(fun() -> pass(Next, Self, 0) end) end, Last, lists:seq(2, ?SIZE)),
    Last ! {next, First},
    First ! N,
    measure:equal(ring, N + ?SIZE, sum(?SIZE, 0)).

%% Counts the token down; from 0 on it goes round once more and ends every process, which tells how often it came.
pass(Next, Main, Passes) ->
    receive
        Token ->
            if
                Token > -?SIZE + 1 -> Next ! Token - 1;
                true -> ok
            end,
            if
                Token =< 0 -> Main ! Passes + 1;
                true -> pass(Next, Main, Passes + 1)
            end
    end.

sum(0, Sum) -> Sum;
sum(Left, Sum) ->
    receive
        Value -> sum(Left - 1, Sum + Value)
    end.
