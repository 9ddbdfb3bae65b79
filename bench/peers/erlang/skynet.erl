%% skynet: a tree of processes with N leaves (a power of ten), ten children each; sums are sent to the parent. An operation is one leaf.
-module(skynet).
-export([run/1]).

run(N) ->
    Self = self(),
    spawn(fun() -> node(Self, 0, N) end),
    receive
        Sum -> measure:equal(skynet, measure:sum_below(N), Sum)
    end.

node(Parent, Number, Size) when Size =< 1 ->
    Parent ! Number;
node(Parent, Number, Size) ->
    Self = self(),
    Part = Size div 10,
    [spawn(fun() -> node(Self, Number + I * Part, Part) end) || I <- lists:seq(0, 9)],
    Parent ! sum(10, 0).

sum(0, Sum) -> Sum;
sum(Left, Sum) ->
    receive
        Value -> sum(Left - 1, Sum + Value)
    end.
