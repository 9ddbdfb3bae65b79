%% parked: N processes that each wait for a number.
-module(parked).
-export([run/2]).

run(N, Mode) ->
    case Mode of
        thorough -> [round(1000, false) || _ <- lists:seq(1, 100)];
        smoke -> ok
    end,
    {SpawnFirst, WakeFirst, BytesEach} = round(N, true),
    {Spawn, Wake, _} = round(N, false),
    [{"ns_per_op", Spawn + Wake}, {"bytes_each", BytesEach}, {"spawn_ns", Spawn}, {"wake_ns", Wake},
     {"spawn_first_ns", SpawnFirst}, {"wake_first_ns", WakeFirst}].

round(N, Weigh) ->
    Before = case Weigh of
                 true -> erlang:garbage_collect(), measure:resident_bytes();
                 false -> 0
             end,
    Self = self(),
    Left = atomics:new(2, []),
    Sum = atomics:new(1, []),
    atomics:put(Left, 1, N),
    atomics:put(Left, 2, N),
    Start = measure:now_ns(),
    Pids = [spawn(fun() -> wait(Self, Left, Sum) end) || _ <- lists:seq(1, N)],
    receive started -> ok end,
    Spawn = (measure:now_ns() - Start) / N,
    BytesEach = case Weigh of
                    true -> (measure:resident_bytes() - Before) / N;
                    false -> 0
                end,
    Again = measure:now_ns(),
    wake(Pids, 0),
    receive woken -> ok end,
    Wake = (measure:now_ns() - Again) / N,
    measure:equal(parked, measure:sum_below(N), atomics:get(Sum, 1)),
    {Spawn, Wake, BytesEach}.

wait(Main, Left, Sum) ->
    count_down(Left, 1, Main, started),
    receive
        Value -> atomics:add(Sum, 1, Value)
    end,
    count_down(Left, 2, Main, woken).

count_down(Left, Index, Main, Message) ->
    case atomics:sub_get(Left, Index, 1) of
        0 -> Main ! Message;
        _ -> ok
    end.

wake([], _) -> ok;
wake([Pid | Rest], Value) ->
    Pid ! Value,
    wake(Rest, Value + 1).
